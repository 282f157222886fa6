namespace Outwork.Warden.Tests;

/// <summary>A product that may not start as it asks does not start, says why, and the others do.</summary>
public sealed class ProductManifestTests : IDisposable
{
    private const int LandlockCreateRuleset = 444;

    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("""{"needs":{"netwerk":true}}""", "needs.netwerk: no such field")]
    [InlineData("""{"needs":{"memoryMiB":"much"}}""", "needs.memoryMiB: not of the right type")]
    [InlineData("""{"needs":{"memoryMiB":1}}""", "needs.memoryMiB: 1 is not between")]
    [InlineData("""{"needs":{"network":true}}""", "needs.network: asked for, and not allowed")]
    [InlineData("""{"needs":{"read":["/usr/share/no-such-file"]}}""", @"needs.read\[0\]: /usr/share/no-such-file: no such file")]
    [InlineData("""{"needs":{"read":["/usr","/proc/1"]}}""", @"needs.read\[1\]: /proc/1: no product may have that")]
    [InlineData("""{"name":"other"}""", "name: other, but it is run as bad")]
    [InlineData("not json", "not valid JSON")]
    public void Wrong_manifest_keeps_the_product_from_starting_and_no_other(string manifest, string fault)
    {
        StartTwo(manifest);
        _run.WaitForError($"^outwork-warden: bad is NOT STARTED: .*/outwork-bad.product.json: {fault}");
        _run.WaitForError("ProcessStartedCommand { Role = Product, Name = good,");
        Assert.DoesNotContain("Role = Product, Name = bad", _run.Errors, StringComparison.Ordinal);
        _run.WaitForError($"^told ProductDownCommand {{ Name = bad, IsFinal = True, Reason = .*/outwork-bad.product.json: {fault}");
        Assert.Contains("product good, NOT JUDGING: bad (see: outwork status), after", _run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 512)]
    [InlineData(true, 4_000)]
    public void Product_that_asks_for_much_of_the_machine_gets_its_share_unless_the_administrator_said_so(bool allowed, int processes)
    {
        _run.WriteScript("outwork-execguard", "echo runs >&2; exec sleep 1000");
        WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), """{"needs":{"systemPrograms":true,"processes":4000}}""");
        _run.Start(arguments: allowed ? ["--allow-resources", "execguard"] : []);
        _run.WaitForError("^execguard: runs$");
        string limits = File.ReadAllText($"/proc/{_run.ProcessId("execguard")}/limits");
        Assert.Matches($@"Max processes +{processes} ", limits);
        Assert.Equal(!allowed, _run.Errors.Contains("execguard gets 512 processes and threads instead of 4000", StringComparison.Ordinal));
    }

    [Fact]
    public void Kernel_without_Landlock_runs_no_product()
    {
        _run.Wrapper = WithoutLandlock();
        _run.Start();
        _run.WaitForError("^outwork-warden: execguard is NOT STARTED: it cannot be confined fully: Landlock: ");
        Assert.DoesNotContain("Role = Product, Name = execguard", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Kernel_without_Landlock_runs_a_product_with_a_warning_when_the_administrator_said_so()
    {
        _run.Wrapper = WithoutLandlock();
        _run.WriteScript("outwork-execguard", "echo runs >&2; exec sleep 1000");
        _run.Start(arguments: "--allow-weaker-confinement");
        _run.WaitForError("^outwork-warden: WARNING: execguard runs with WEAKER CONFINEMENT: Landlock: ");
        _run.WaitForError("^execguard: runs$");
        Assert.Contains("Seccomp:\t2", File.ReadAllText($"/proc/{_run.ProcessId("execguard")}/status"), StringComparison.Ordinal);
    }

    private string[] WithoutLandlock() =>
        [_run.Compile("without.c", "without"), $"{LandlockCreateRuleset}", "--", Path.Join(_run.Programs, "outwork-warden")];

    private void StartTwo(string manifest)
    {
        _run.WriteScript("outwork-bad", "exec sleep 1000");
        _run.WriteScript("outwork-good", "exec sleep 1000");
        WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-bad"), manifest);
        _run.Start(arguments:
        [
            "--product", "bad=" + Path.Join(_run.Programs, "outwork-bad"), "--product", "good=" + Path.Join(_run.Programs, "outwork-good"),
        ]);
    }
}
