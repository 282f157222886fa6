using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

/// <summary>The ways around FAN_OPEN_EXEC_PERM, each judged as the execution that it is.</summary>
public sealed class ExecHoleTests
{
    private const string Loader = "/lib64/ld-linux-x86-64.so.2";

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Script_given_to_a_shell_is_judged_as_a_script(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        string script = mount.Write("no-shebang", "echo MALICIOUS > " + mount["ran"] + "\n");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));

        var run = TestProcess.Run("/bin/sh", script);

        Assert.NotEqual(0, run.ExitCode);
        Assert.False(File.Exists(mount["ran"]));
        Assert.Equal((Verdict.Deny, ExecVia.Script), Outcome(broker.DecisionAbout(script)));
    }

    [Fact]
    public void Script_sourced_by_a_shell_is_judged_as_a_script()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string script = mount.Write("library", "echo MALICIOUS > " + mount["ran"] + "\n");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));

        TestProcess.Run("/bin/sh", "-c", ". " + script);

        Assert.False(File.Exists(mount["ran"]));
        Assert.Equal((Verdict.Deny, ExecVia.Script), Outcome(broker.DecisionAbout(script)));
    }

    [Fact]
    public void Script_opened_by_a_program_that_does_not_run_it_is_data()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string script = mount.Write("script.sh", "#!/bin/sh\necho MALICIOUS\n");
        var product = TestProduct.Denying("MALICIOUS");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), product);

        Assert.Equal(0, TestProcess.Run("/bin/cat", script).ExitCode);
        Assert.Empty(product.Asked);
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Program_given_to_the_dynamic_loader_is_judged(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        using var build = new TempDirectory();
        string built = CProgram.CompileText(build, "#include <stdio.h>\nint main(void) { puts(\"MALICIOUS\"); return 0; }\n", "program");
        string program = mount.CopyProgram(built, "program");
        File.SetUnixFileMode(program, (UnixFileMode)0b110_100_100);
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));

        var run = TestProcess.Run(Loader, program);

        Assert.DoesNotContain("MALICIOUS", run.Output);
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal((Verdict.Deny, ExecVia.Loader), Outcome(broker.DecisionAbout(program)));
    }

    [Theory]
    [MemberData(nameof(GuardedMount.FileSystems), MemberType = typeof(GuardedMount))]
    public void Preloaded_library_is_judged(string fileSystem)
    {
        using var mount = GuardedMount.Create(fileSystem);
        using var build = new TempDirectory();
        string source = build["preload.c"];
        File.WriteAllText(source, "#include <unistd.h>\n__attribute__((constructor)) static void start(void) { (void)!write(1, \"MALICIOUS\\n\", 10); }\n");
        Assert.Equal(0, TestProcess.Run("gcc", "-shared", "-fPIC", "-o", build["preload.so"], source).ExitCode);
        string library = mount.CopyProgram(build["preload.so"], "preload.so");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(), TestProduct.Denying("MALICIOUS"));

        var run = TestProcess.Run("/usr/bin/env", "LD_PRELOAD=" + library, "/bin/echo", "hello");

        Assert.Equal("hello\n", run.Output);
        Assert.Equal((Verdict.Deny, ExecVia.Library), Outcome(broker.DecisionAbout(library)));
    }

    private static (Verdict, ExecVia) Outcome(DecisionRecord decision) => (decision.Verdict, decision.Via);
}
