using System.Diagnostics;
using Outwork.Contracts.Verdicts;
using Outwork.Kernel.Tests.Support;
using Outwork.Sdk;

namespace Outwork.Kernel.Tests;

/// <summary>What happens to programs that wait when somebody fails.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(OnFailure.Open, 0)]
    [InlineData(OnFailure.Closed, 126)]
    public void Missed_deadline_gets_what_the_rule_says(OnFailure onFailure, int exitCode)
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var never = new ManualResetEventSlim();
        var product = new TestProduct("guard", (_, _) => { never.Wait(TimeSpan.FromSeconds(3)); return Judgement.Allow(); });
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(onFailure, deadlineMs: 300), product);

        var run = TestProcess.Run("/bin/sh", "-c", program);

        Assert.Equal(exitCode, run.ExitCode);
        var decision = broker.DecisionAbout(program);
        Assert.Equal((VerdictSource.Deadline, VerdictFailure.DeadlineMissed), (decision.Source, decision.Failure));
        Assert.True(broker.Counter("failure.deadline-missed") >= 1);
        never.Set();
        BrokerUnderTest.Eventually(() => broker.Counter("failure.late-reply") >= 1, "the late reply, counted");
    }

    [Theory]
    [InlineData(OnFailure.Open, 0)]
    [InlineData(OnFailure.Closed, 126)]
    public void Product_that_is_not_there_gets_what_the_rule_says(OnFailure onFailure, int exitCode)
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(onFailure));

        Assert.Equal(exitCode, TestProcess.Run("/bin/sh", "-c", program).ExitCode);
        Assert.Equal(VerdictFailure.ProductAbsent, broker.DecisionAbout(program).Failure);
    }

    [Theory]
    [InlineData(OnFailure.Open, 0)]
    [InlineData(OnFailure.Closed, 126)]
    public void Product_killed_while_it_judges_gets_what_the_rule_says(OnFailure onFailure, int exitCode)
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskNobody());
        using var product = broker.Start("guard", StuckProduct.Program);
        BrokerUnderTest.Eventually(() => broker.Status().Products.Any(p => p is { Name: "guard", State: "judging" }), "the subscription");
        broker.Apply(Policies.AskGuard(onFailure, deadlineMs: 30_000));

        var waiting = TestProcess.Start("/", "/bin/sh", "-c", program);
        BrokerUnderTest.Eventually(() => broker.Counter("pending") == 1, "the question");
        product.Kill();

        Assert.True(waiting.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(exitCode, waiting.ExitCode);
        Assert.Equal(VerdictFailure.ProductCrashed, broker.DecisionAbout(program).Failure);
        product.WaitForExit(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void Broker_killed_while_fifty_programs_wait_lets_them_all_proceed()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var never = new ManualResetEventSlim();
        var product = new TestProduct("guard", (_, _) => { never.Wait(TimeSpan.FromSeconds(20)); return Judgement.Allow(); });
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(OnFailure.Closed, deadlineMs: 60_000), product);
        var waiting = Enumerable.Range(0, 50).Select(_ => TestProcess.Start("/", "/bin/sh", "-c", program)).ToList();
        BrokerUnderTest.Eventually(() => broker.Counter("pending") == 50, "fifty questions");

        broker.Process.Kill();

        foreach (Process process in waiting)
        {
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(10)));
            Assert.Equal(0, process.ExitCode);
        }
        never.Set();
    }

    [Fact]
    public void Reactor_that_is_stopped_does_not_hold_deadlines_up_for_others_once_it_continues()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(deadlineMs: 200));
        TestProcess.Run("/bin/kill", "-STOP", $"{broker.Process.ProcessId}");
        var waiting = TestProcess.Start("/", "/bin/sh", "-c", program);
        TestProcess.Run("/bin/kill", "-CONT", $"{broker.Process.ProcessId}");

        Assert.True(waiting.WaitForExit(TimeSpan.FromSeconds(10)));
        Assert.Equal(0, waiting.ExitCode);
    }

    [Fact]
    public void More_programs_than_may_wait_get_what_the_rule_says_and_no_descriptor_is_lost()
    {
        using var mount = GuardedMount.Create("tmpfs");
        string program = mount.CopyProgram("/bin/true", "true");
        using var never = new ManualResetEventSlim();
        var product = new TestProduct("guard", (_, _) => { never.Wait(TimeSpan.FromSeconds(60)); return Judgement.Allow(cacheable: false); });
        using var broker = new BrokerUnderTest(mount, Policies.AskGuard(deadlineMs: 60_000), product);
        int descriptors = Directory.GetFileSystemEntries($"/proc/{broker.Process.ProcessId}/fd").Length;

        var waiting = Enumerable.Range(0, 600).Select(_ => TestProcess.Start("/", "/bin/sh", "-c", program)).ToList();
        BrokerUnderTest.Eventually(() => broker.Counter("failure.too-many-pending") + broker.Counter("failure.queue-full") >= 60, "the refusals", seconds: 55);
        never.Set();

        foreach (Process process in waiting)
        {
            Assert.True(process.WaitForExit(TimeSpan.FromSeconds(60)));
            Assert.Equal(0, process.ExitCode);
        }
        BrokerUnderTest.Eventually(() => broker.Counter("pending") == 0, "no question left");
        Assert.Equal(0ul, broker.Counter("failure.descriptors-exhausted"));
        BrokerUnderTest.Eventually(() => Directory.GetFileSystemEntries($"/proc/{broker.Process.ProcessId}/fd").Length <= descriptors + 1, "the descriptors");
    }
}
