using System.Text.Json;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;

namespace Outwork.Cli.Tests;

public sealed class DecisionCommandTests
{
    [Fact]
    public async Task Explain_tells_who_asked_what_which_rule_and_what_each_product_said()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(
            run.SocketPath, _ => new ControlResponse { Ok = true, Decisions = [Samples.Denied], Ancestry = Samples.Ancestry });

        Assert.Equal(0, await run.RunAsync("explain", "42"));

        Assert.Equal(42UL, Assert.Single(agent.Requests).DecisionId);
        Assert.Contains("Decision 42: refused in 183 µs, 2026-01-02 03:04:05.678 +00:00", run.Output);
        Assert.Contains("bash[1234] of user 1001 asked to run the script /tmp/eicar.sh.", run.Output);
        Assert.Contains("inode 77, 68 bytes", run.Output);
        Assert.Contains("  /usr/bin/bash, pid 1234, user 1001\n", run.Output);
        Assert.Contains("arguments: bash -c '/tmp/eicar.sh now'", run.Output);
        Assert.Contains("  started by /usr/sbin/sshd, pid 1000, user 0, ran before Outwork saw it", run.Output);
        Assert.Contains("Rule ask-execguard of policy generation 3, stage enforce.", run.Output);
        Assert.Contains("execguard said DENY after 172 µs: YARA rule EICAR_Test_File", run.Output);
        Assert.Contains("second did not answer", run.Output);
        Assert.Contains("Operation not permitted", run.Output);
    }

    [Fact]
    public async Task Explain_of_a_cached_answer_names_its_origin()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse
        {
            Ok = true,
            Decisions = [Samples.Denied with { Source = VerdictSource.Cache, CachedFrom = 7, Votes = [] }],
        });

        Assert.Equal(0, await run.RunAsync("explain", "42"));

        Assert.Contains("outwork explain 7", run.Output);
        Assert.Contains("more is not known any more", run.Output);
    }

    [Fact]
    public async Task Decision_ahead_of_need_says_that_nobody_was_refused()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, Decisions = [Samples.Denied with { AheadOfNeed = true, Pid = 0, Executable = "" }] });

        Assert.Equal(0, await run.RunAsync("explain", "42"));
        Assert.Contains("judged ahead of need", run.Output);
        Assert.Contains("Nobody was refused or let through. Whoever runs the file as it is now is answered: DENY.", run.Output);
        Assert.DoesNotContain("EPERM", run.Output);
        Assert.Equal(0, await run.RunAsync("decisions"));
        Assert.Contains("ahead (will be DENY)  nobody", run.Output);
    }

    [Fact]
    public async Task Explain_of_a_failure_on_trial_tells_the_failure_and_what_would_have_been()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse
        {
            Ok = true,
            Decisions =
            [
                Samples.Denied with
                {
                    Verdict = Verdict.Allow, WouldBe = Verdict.Deny, Stage = RuleStage.Audit,
                    Source = VerdictSource.Failure, Failure = VerdictFailure.ProductCrashed,
                },
            ],
        });

        Assert.Equal(0, await run.RunAsync("explain", "42"));

        Assert.Contains("stage audit", run.Output);
        Assert.Contains("the answer would be: DENY", run.Output);
        Assert.Contains("ProductCrashed: the product ended while it judged.", run.Output);
        Assert.Contains("  Allowed.\n", run.Output);
    }

    [Fact]
    public async Task Explain_json_is_the_response_with_decision_and_ancestry()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(
            run.SocketPath, _ => new ControlResponse { Ok = true, Decisions = [Samples.Denied], Ancestry = Samples.Ancestry });

        Assert.Equal(0, await run.RunAsync("explain", "42", "--json"));

        ControlResponse read = JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.ControlResponse)!;
        Assert.Equal(42UL, Assert.Single(read.Decisions!).Id);
        Assert.Equal(2, read.Ancestry!.Length);
    }

    [Fact]
    public async Task Explain_of_an_unknown_id_ends_with_1()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(
            run.SocketPath, _ => new ControlResponse { Ok = false, Code = ControlCodes.NotFound, Error = "Decision 9 is not kept any more." });

        Assert.Equal(1, await run.RunAsync("explain", "9"));

        Assert.Equal("outwork: Decision 9 is not kept any more.\n", run.Error);
        Assert.Empty(run.Output);
    }

    [Fact]
    public async Task Decisions_asks_for_the_number_and_writes_a_line_each()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(
            run.SocketPath, _ => new ControlResponse { Ok = true, Decisions = [Samples.Denied, Samples.Denied with { Id = 43 }] });

        Assert.Equal(0, await run.RunAsync("decisions", "-n", "2"));

        Assert.Equal(2, Assert.Single(agent.Requests).Count);
        Assert.Matches("id 42\n.* id 43\n$", run.Output);
    }

    [Fact]
    public async Task Decisions_json_is_an_array_of_the_contract()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, Decisions = [Samples.Denied] });

        Assert.Equal(0, await run.RunAsync("decisions", "--json"));

        DecisionRecord read = Assert.Single(JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.DecisionRecordArray)!);
        Assert.Equal(Samples.Denied.Path, read.Path);
    }

    [Fact]
    public async Task Decisions_before_the_first_says_so()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => new ControlResponse { Ok = true, Decisions = [] });

        Assert.Equal(0, await run.RunAsync("decisions"));

        Assert.Equal("Nothing was decided yet.\n", run.Output);
    }
}
