using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>What root runs must be root's alone to write when the whole machine is guarded.</summary>
public sealed class TrustedProgramsTests : IDisposable
{
    private const uint SomeUser = 61000;
    private readonly WardenRun _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Programs_that_only_root_can_write_are_trusted() => Assert.Null(TrustedPrograms.FindWritable(_run.Programs));

    [Theory]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void File_that_others_can_write_is_named(UnixFileMode mode)
    {
        string path = Path.Join(_run.Programs, "policy", "default.yaml");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | mode);
        Assert.Equal(path, TrustedPrograms.FindWritable(_run.Programs));
    }

    [Fact]
    public void Directory_of_another_user_is_named()
    {
        FileOwner.Set(_run.Programs, SomeUser, SomeUser);
        Assert.Equal(_run.Programs, TrustedPrograms.FindWritable(_run.Programs));
    }

    [Fact]
    public void Folder_above_that_a_user_could_exchange_is_named()
    {
        string inner = Path.Join(_run.Programs, "policy");
        FileOwner.Set(_run.Programs, SomeUser, SomeUser);
        Assert.Equal(_run.Programs, TrustedPrograms.FindWritable(inner));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Link_counts_as_what_it_leads_to_and_its_owner_counts_too(bool isTargetAnothers)
    {
        string elsewhere = Path.Join(Directory.CreateDirectory(_run.Programs + "-elsewhere").FullName, "library.so");
        string link = Path.Join(_run.Programs, "library.so");
        try
        {
            File.WriteAllText(elsewhere, "");
            File.CreateSymbolicLink(link, elsewhere);
            Assert.Null(TrustedPrograms.FindWritable(_run.Programs));
            FileOwner.Set(isTargetAnothers ? elsewhere : link, SomeUser, SomeUser);
            Assert.Equal(isTargetAnothers ? elsewhere : link, TrustedPrograms.FindWritable(_run.Programs));
        }
        finally
        {
            Directory.Delete(_run.Programs + "-elsewhere", recursive: true);
        }
    }

    [Fact]
    public void Warden_looks_at_its_runtime_and_its_programs()
    {
        Assert.SkipUnless(TrustedPrograms.FindWritable(CurrentProcess.RuntimeDirectory) is null, "the runtime that runs the tests is not root's alone");
        WardenOptions options = WardenOptions.Parse(["--bin", _run.Programs, "--no-product"], out _)!;
        Assert.Null(TrustedPrograms.FindWritable(options));
        FileOwner.Set(Path.Join(_run.Programs, "outwork-agent"), SomeUser, SomeUser);
        Assert.NotNull(TrustedPrograms.FindWritable(options));
    }

    [Theory]
    [InlineData("outwork-product")]
    [InlineData("outwork-product.product.json")]
    [InlineData("library.so")]
    public void Product_whose_files_a_user_could_write_is_not_planned_when_the_machine_is_guarded(string file)
    {
        string folder = Directory.CreateDirectory(_run.Programs + "-product").FullName;
        try
        {
            foreach (string name in (string[])["outwork-product", "outwork-product.product.json", "library.so"])
                File.WriteAllText(Path.Join(folder, name), "{}");
            var product = new ProductOption("product", Path.Join(folder, "outwork-product"));
            Assert.Null(TrustedPrograms.FindWritable(product));
            FileOwner.Set(Path.Join(folder, file), SomeUser, SomeUser);
            Assert.Equal(Path.Join(folder, file), TrustedPrograms.FindWritable(product));
            WardenOptions options = WardenOptions.Parse(["--bin", _run.Programs, "--product", $"product={product.Program}"], out _)!;
            List<string> refusals = [];
            Assert.Null(new Launching.ProductPlanner(options, new(_run.RunDirectory, []), delegated: null).Plan(product, refusals));
            Assert.StartsWith(Path.Join(folder, file) + ": not root's alone to write", Assert.Single(refusals));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Warden_refuses_to_guard_the_machine_with_a_program_that_a_user_owns()
    {
        string broker = Path.Join(_run.Programs, "outwork-broker");
        FileOwner.Set(broker, SomeUser, SomeUser);
        LaunchedProcess warden = _run.Start(waitForProtection: false, arguments: ["--mount", "/"]);
        Assert.Equal(new ProcessExit(ExitCode.Failure, 0), warden.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Contains($"{broker}: not root's alone to write", _run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.RunDirectory));
    }

    [Fact]
    public void Warden_guards_a_part_of_the_machine_with_a_users_own_build()
    {
        FileOwner.Set(Path.Join(_run.Programs, "outwork-broker"), SomeUser, SomeUser);
        _run.Start();
    }
}
