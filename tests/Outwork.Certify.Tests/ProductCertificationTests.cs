using System.Text.Json;
using Outwork.Cli;
using Outwork.Cli.Certify;
using Outwork.Cli.Output;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Certify.Tests;

/// <summary>The products that are shipped, and the command.</summary>
public sealed class ProductCertificationTests
{
    private static readonly bool IsRoot = Environment.IsPrivilegedProcess;

    [Fact]
    public void ExecGuard_passes()
    {
        CertifyReport report = ShortRun.Of(ShortRun.Options(BuiltPrograms.ExecGuard, BuiltPrograms.ExecGuardContent));

        Assert.True(report.Passed, ShortRun.Describe(report));
        Assert.Equal("execguard", report.Name);
        Assert.Equal(CheckOutcome.Passed, report.Checks.Single(static check => check.Name == CheckNames.ContentMalformed).Outcome);
    }

    [Fact]
    public void ExecGuard_passes_in_its_confinement()
    {
        Assert.SkipUnless(IsRoot, "only root can confine");
        CertifyReport report = ShortRun.Of(
            ShortRun.Options(BuiltPrograms.ExecGuard, BuiltPrograms.ExecGuardContent) with { Launcher = BuiltPrograms.Warden });

        Assert.True(report.Passed, ShortRun.Describe(report));
        Assert.All(
            report.Checks.Where(static check => check.Name != CheckNames.LoadEvents),
            static check => Assert.Equal(CheckOutcome.Passed, check.Outcome));
    }

    [Theory]
    [InlineData("c-product")]
    [InlineData("minimal-product")]
    public void Sample_passes(string name)
    {
        CertifyReport report = ShortRun.Of(ShortRun.Options(Sample(name)));

        Assert.True(report.Passed, ShortRun.Describe(report));
    }

    [Theory]
    [InlineData("""{"needs":{"processes":3}}""", "needs.processes: 3 is not between")]
    [InlineData("""{"needs":{"memory":3}}""", "needs.memory: no such field")]
    [InlineData("""{"name":"broker"}""", "name: broker is a process of Outwork's own")]
    public void Wrong_manifest_is_told_as_on_a_machine(string manifest, string fault)
    {
        CertifyReport report = Certify("#!/bin/sh\nexec sleep 1000\n", manifest, launcher: null);

        CheckResult start = report.Checks.Single(static check => check.Name == CheckNames.Subscribes);
        Assert.Contains(fault, start.Measured, StringComparison.Ordinal);
        Assert.StartsWith("Correct the manifest", start.Advice, StringComparison.Ordinal);
        Assert.False(report.Passed);
    }

    [Theory]
    [InlineData("product", 0)]
    [InlineData("other", 1)]
    public void Name_that_is_not_the_file_s_is_warned_of(string name, int warnings)
    {
        CertifyReport report = Certify("#!/bin/sh\n", $$"""{"name":"{{name}}"}""", launcher: null);

        Assert.Equal(warnings, report.Warnings.Count(static warning => warning.StartsWith("The manifest's name is other, and the program's file is product", StringComparison.Ordinal)));
    }

    [Fact]
    public void Product_gets_by_its_manifest_what_it_gets_on_a_machine()
    {
        Assert.SkipUnless(IsRoot, "only root can confine");
        CertifyReport report = Certify(
            "#!/bin/sh\ncat /proc/self/limits /proc/self/cgroup >&2; echo mine > $OUTWORK_DATA_DIR/file; cat $OUTWORK_DATA_DIR/file >&2; sleep 1\n",
            """{"needs":{"systemPrograms":true,"data":true,"processes":77,"descriptors":99}}""", BuiltPrograms.Warden);

        Assert.Matches(@"Max processes +77 +77 ", report.Log);
        Assert.Matches(@"Max open files +99 +99 ", report.Log);
        Assert.Matches(@":/.*outwork-[0-9a-f]{8}/product", report.Log);
        Assert.Contains("mine", report.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_confined_product_leaves_behind_is_ended()
    {
        Assert.SkipUnless(IsRoot, "only root can confine");
        CertifyReport report = Certify("#!/bin/sh\nsetsid sleep 918273 &\necho left >&2; sleep 1\n", """{"needs":{"systemPrograms":true}}""", BuiltPrograms.Warden);

        Assert.Contains("left", report.Log, StringComparison.Ordinal);
        Assert.DoesNotContain(CommandLines(), static line => line == "sleep 918273");
    }

    [Fact]
    public void What_an_unconfined_product_leaves_behind_is_ended()
    {
        string folder = Directory.CreateTempSubdirectory("outwork-left-").FullName;
        try
        {
            string program = Path.Join(folder, "product");
            File.WriteAllText(program, "#!/bin/sh\nsetsid sleep 827364 &\nsleep 1\n");
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);

            // As a process of its own: this one has other children.
            Assert.Equal(1, BuiltPrograms.Run(BuiltPrograms.Outwork, "certify", program, "--unconfined"));
            Assert.DoesNotContain(CommandLines(), static line => line == "sleep 827364");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            string line = "";
            try
            {
                if (char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                    line = File.ReadAllText(Path.Join(folder, "cmdline")).Replace('\0', ' ').TrimEnd();
            }
            catch (IOException)
            {
                // It has ended.
            }

            yield return line;
        }
    }

    [Fact]
    public async Task Product_that_takes_its_wake_ups_back_keeps_nobody_waiting()
    {
        string folder = Directory.CreateTempSubdirectory("outwork-drained-").FullName;
        try
        {
            string program = Path.Join(folder, "product");
            BuiltPrograms.CompileSample(program, "-include", "testassets/confinement/drained-wake.h");

            CertifyReport report = await Task.Run(() => ShortRun.Of(ShortRun.Options(program))).WaitAsync(TimeSpan.FromMinutes(2));

            Assert.Equal(CheckOutcome.Passed, report.Checks.Single(static check => check.Name == CheckNames.Subscribes).Outcome);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // A script in place of the product.
    private static CertifyReport Certify(string script, string manifest, string? launcher)
    {
        const UnixFileMode everybody = UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        string folder = Directory.CreateTempSubdirectory("outwork-manifest-").FullName;
        File.SetUnixFileMode(folder, everybody | UnixFileMode.UserWrite);
        try
        {
            string program = Path.Join(folder, "product");
            File.WriteAllText(program, script);
            File.SetUnixFileMode(program, everybody);
            File.WriteAllText(program + ".product.json", manifest);
            return ShortRun.Of(ShortRun.Options(program) with { Launcher = launcher, SubscribeLimit = TimeSpan.FromSeconds(3) });
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Theory]
    [InlineData("c-product")]
    [InlineData("minimal-product")]
    public void Sample_reaches_for_nothing_beyond_its_confinement(string name)
    {
        Assert.SkipUnless(IsRoot, "only root can confine");
        CertifyReport report = ShortRun.Of(ShortRun.Options(Sample(name)) with { Launcher = BuiltPrograms.Warden });

        Assert.True(report.Checks.Single(static check => check.Name == CheckNames.Attempts).Outcome == CheckOutcome.Passed, ShortRun.Describe(report));
    }

    private static string Sample(string name) => name == "c-product" ? BuiltPrograms.CProduct : BuiltPrograms.MinimalProduct;

    [Theory]
    [InlineData(ChaosBehavior.OpensSockets, CheckNames.Attempts)]
    [InlineData(ChaosBehavior.ForksWithoutEnd, CheckNames.Processes)]
    [InlineData(ChaosBehavior.SendsMalformedFrames, CheckNames.ProtocolFrames)]
    public void Confined_chaos_product_fails_for_the_right_reason(ChaosBehavior behavior, string expected)
    {
        Assert.SkipUnless(IsRoot, "only root can confine");
        CertifyReport report = ShortRun.Of(behavior, BuiltPrograms.Warden);

        Assert.True(report.Confined);
        Assert.Equal(CheckOutcome.Passed, report.Checks.Single(static check => check.Name == CheckNames.Applied).Outcome);
        Assert.True(report.Checks.Single(check => check.Name == expected).Outcome == CheckOutcome.Failed, ShortRun.Describe(report));
    }

    [Fact]
    public async Task Command_tells_the_report_as_json_and_ends_with_1_when_a_check_fails()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var setting = new CommandSetting(new Terminal(output, error, isInteractive: false), TimeProvider.System, "/nonexistent/control.sock");

        int code = await CommandTree.RunAsync(setting, ["certify", "/bin/true", "--unconfined", "--json"]);

        Assert.Equal(1, code);
        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Assert.False(document.RootElement.GetProperty("passed").GetBoolean());
        Assert.Equal(CheckNames.All, document.RootElement.GetProperty("checks").EnumerateArray().Select(static check => check.GetProperty("name").GetString()!));
        Assert.Equal("failed", document.RootElement.GetProperty("checks")[0].GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task Command_tells_a_fault_as_json()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var setting = new CommandSetting(new Terminal(output, error, isInteractive: false), TimeProvider.System, "/nonexistent/control.sock");

        Assert.Equal(1, await CommandTree.RunAsync(setting, ["certify", "/nonexistent/product", "--json"]));

        using JsonDocument document = JsonDocument.Parse(output.ToString());
        Assert.False(document.RootElement.GetProperty("ok").GetBoolean());
        Assert.Equal("not-found", document.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Command_names_what_is_wrong_and_what_to_do()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var setting = new CommandSetting(new Terminal(output, error, isInteractive: false), TimeProvider.System, "/nonexistent/control.sock");

        Assert.Equal(1, await CommandTree.RunAsync(setting, ["certify", "/bin/false", "--unconfined"]));
        Assert.Contains("FAIL functional.subscribes", output.ToString());
        Assert.Contains("NOT CERTIFIED", output.ToString());

        Assert.Equal(1, await CommandTree.RunAsync(setting, ["certify", "/nonexistent/product"]));
        Assert.Contains("there is no such file", error.ToString());
        Assert.Equal(1, await CommandTree.RunAsync(setting, ["certify", "/etc"]));
        Assert.Contains("/etc: a folder.", error.ToString());
        Assert.Equal(1, await CommandTree.RunAsync(setting, ["certify", "/etc/passwd", "--unconfined"]));
        Assert.Contains("/etc/passwd: not executable.", error.ToString());
        Assert.Equal(2, await CommandTree.RunAsync(setting, ["certify", "/bin/true", "--minutes", "0"]));
    }
}
