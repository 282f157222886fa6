using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;

namespace Outwork.Kernel.Tests;

/// <summary>Execution of memory raises no permission event: the kernel program sees it and ends it.</summary>
public sealed class MemoryExecTests
{
    private static readonly string Source = Path.Combine(AppContext.BaseDirectory, "testassets", "memfd-exec", "memfd-exec.c");

    [Fact]
    public void Memory_execution_that_the_policy_denies_ends_before_it_does_anything()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var build = new TempDirectory();
        string program = CProgram.Compile(build, Source, "memfd-exec");
        using var broker = new BrokerUnderTest(mount, Policies.OfMemory(RuleAction.Deny, RuleStage.Enforce));

        var run = TestProcess.Run(program, build["ran"]);

        Assert.NotEqual(0, run.ExitCode);
        Assert.False(File.Exists(build["ran"]));
        DecisionRecord? decision = null;
        BrokerUnderTest.Eventually(() => (decision = Array.Find(broker.Decisions(), d => d.Via == ExecVia.Memory)) is not null, "the record");
        Assert.Equal((Verdict.Deny, "memory"), (decision!.Verdict, decision.Rule));
    }

    [Fact]
    public void Memory_execution_that_the_policy_audits_runs_and_is_recorded()
    {
        using var mount = GuardedMount.Create("tmpfs");
        using var build = new TempDirectory();
        string program = CProgram.Compile(build, Source, "memfd-exec");
        using var broker = new BrokerUnderTest(mount, Policies.OfMemory(RuleAction.Deny, RuleStage.Audit));

        TestProcess.Run(program, build["ran"]);

        Assert.True(File.Exists(build["ran"]));
        DecisionRecord? decision = null;
        BrokerUnderTest.Eventually(() => (decision = Array.Find(broker.Decisions(), d => d.Via == ExecVia.Memory)) is not null, "the record");
        Assert.Equal((Verdict.Allow, Verdict.Deny), (decision!.Verdict, decision.WouldBe));
    }
}
