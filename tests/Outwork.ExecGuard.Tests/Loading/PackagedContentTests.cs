using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard;
using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests.Loading;

/// <summary>Content of a package beside the administrator's.</summary>
public sealed class PackagedContentTests : IDisposable
{
    private const string Manifest = """{ "version": "9", "schema": { "name": "execguard", "version": 1, "fields": 2 } }""";
    private const string Rule = "rule a { condition: false }";
    private static readonly string B = new('b', 64);

    private readonly ContentFolder _local = new();
    private readonly ContentFolder _package = new();

    public void Dispose()
    {
        _local.Dispose();
        _package.Dispose();
    }

    [Fact]
    public void Package_and_local_content_count_together()
    {
        _local.With("execguard.json", """{"version": "1"}""").With("a.yar", Rule).With("allow.sha256", new string('c', 64));
        _package.With("execguard.json", Manifest).With("a.yar", Rule).With("deny.sha256", B);

        ScanContent content = ScanContentLoader.Load(_local.Path, _package.Path).Content!;

        Assert.Equal("9+local-1", content.Version);
        Assert.Equal("2 YARA rules in 2 files, 1 denied and 1 allowed hashes", content.Summary);
        Assert.Equal(new HashListHit("package/deny.sha256", 1), content.FindDenied(Sha256Digest.From(Enumerable.Repeat((byte)0xbb, 32).ToArray())));
        content.Release();
    }

    [Fact]
    public void Faults_of_a_package_are_told_with_its_file_and_line()
    {
        _local.With("a.yar", Rule);
        _package.With("execguard.json", Manifest).With("b.yar", "\nrule x { condition: $none }");

        Assert.StartsWith("package/b.yar:2: ", Assert.Single(ScanContentLoader.Load(_local.Path, _package.Path).Faults).ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{ "version": "9" }""", "execguard.json: content of a package says not what it was made for; add \"schema\": { \"name\": \"execguard\", \"version\": 1, \"fields\": 2 }")]
    [InlineData("""{ "schema": { "name": "execguard", "version": 1, "fields": 21 } }""", "execguard.json: was made for execguard version 1 with 21 fields; this product interprets execguard version 1 with 2 fields")]
    [InlineData("""{ "schema": { "name": "execguard", "version": 2, "fields": 2 } }""", "execguard.json: was made for execguard version 2 with 2 fields; this product interprets execguard version 1 with 2 fields")]
    [InlineData(null, "execguard.json: content of a package says not what it was made for; add \"schema\": { \"name\": \"execguard\", \"version\": 1, \"fields\": 2 }")]
    public void Package_made_for_another_interpreter_is_refused(string? manifest, string fault)
    {
        _package.With("a.yar", Rule);
        if (manifest is not null)
            _package.With("execguard.json", manifest);

        Assert.Equal(fault, Assert.Single(ScanContentLoader.Load(null, _package.Path).Faults).ToString());
    }

    [Fact]
    public void Check_runs_the_loader_itself_and_prints_file_and_line()
    {
        _package.With("execguard.json", Manifest).With("deny.sha256", $"{B}\nnonsense\n");
        var output = new StringWriter();

        Assert.Equal(2, ContentCheck.Run(ScanContentLoader.Load(null, _package.Path), [], output));
        Assert.StartsWith("error: deny.sha256:2: ", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Local_content_need_not_declare_a_schema_but_not_a_wrong_one()
    {
        _local.With("a.yar", Rule);
        ScanContentLoader.Load(_local.Path).Content!.Release();
        _local.With("execguard.json", """{ "schema": { "name": "execguard", "version": 1, "fields": 3 } }""");

        Assert.NotEmpty(ScanContentLoader.Load(_local.Path).Faults);
    }
}
