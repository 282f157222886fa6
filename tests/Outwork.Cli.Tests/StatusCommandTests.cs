using System.Text.Json;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Tests;

public sealed class StatusCommandTests
{
    private static readonly ControlResponse Answer = new() { Ok = true, Status = Samples.Status };

    [Fact]
    public async Task Status_for_people_tells_protection_processes_mechanisms_products_policy_counters_and_latencies()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer);

        Assert.Equal(0, await run.RunAsync("status"));

        Assert.Equal("status", Assert.Single(agent.Requests).Operation);
        Assert.Contains("Outwork 0.1.0: protection is on since 2026-01-02 03:04:05.678 +00:00", run.Output);
        Assert.Contains("Guarded: /, /home\n", run.Output);
        Assert.Contains("Not guarded: /mnt/nfs: a network file system\n", run.Output);
        Assert.Matches(@"product +execguard +103 +restarting +61234 +2", run.Output);
        Assert.Matches(@"fanotify\.open-exec-perm +yes +judges execution", run.Output);
        Assert.Matches(@"bpf\.telemetry +no +refused: EPERM +arguments of short-lived processes", run.Output);
        Assert.Matches(@"execguard +judging +103 +2026\.1 \(generation 7\) +41 +40 +1 +0 +0 +0 +healthy", run.Output);
        Assert.Contains("Policy: generation 3, 2 rules, from /etc/outwork/policy.yaml, applied 2026-01-02 03:04:05.678 +00:00", run.Output);
        Assert.Matches(@"broker\.events +4242", run.Output);
        Assert.DoesNotContain("queue-full", run.Output);
        Assert.Matches(@"verdict\.product +40 +183 µs +1900 µs +12\.3 ms", run.Output);
        Assert.Empty(run.Error);
    }

    [Fact]
    public async Task Status_without_protection_says_so()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer with { Status = new StatusSnapshot { Version = "0.1.0", Protecting = false } });

        Assert.Equal(0, await run.RunAsync("status"));

        Assert.Contains("protection is OFF", run.Output);
        Assert.Contains("Policy: none", run.Output);
    }

    [Fact]
    public async Task Status_json_is_the_contract_indented()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer);

        Assert.Equal(0, await run.RunAsync("status", "--json"));

        StatusSnapshot read = JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.StatusSnapshot)!;
        Assert.Equal(
            JsonSerializer.Serialize(Samples.Status, ControlJsonContext.Default.StatusSnapshot),
            JsonSerializer.Serialize(read, ControlJsonContext.Default.StatusSnapshot));
        Assert.StartsWith("{\n  \"version\"", run.Output);
    }

    [Fact]
    public async Task Product_list_shows_each_product()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer);

        Assert.Equal(0, await run.RunAsync("product", "list"));

        Assert.Matches(@"execguard +judging +103", run.Output);
        Assert.DoesNotContain("Mechanisms", run.Output);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("product", "list")]
    public async Task Product_that_is_demoted_is_told_with_the_time_and_what_follows(params string[] command)
    {
        using var run = new CommandRun();
        var demoted = Samples.Status.Products[0] with { State = "demoted", DemotedSinceUnixNs = Samples.Instant, GoodAnswers = 1, GoodAnswersNeeded = 3 };
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer with { Status = Samples.Status with { Products = [demoted] } });

        Assert.Equal(0, await run.RunAsync(command));

        Assert.Matches(@"execguard +demoted +103", run.Output);
        string text = string.Join(' ', run.Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("Product execguard is demoted since 2026-01-02 03:04:05.678 +00:00", text);
        Assert.Contains("1 of 3 good answers on trial: it is not asked, and what each rule says on failure applies.", text);
    }

    [Theory]
    [InlineData("not-started", 0, "Product execguard is not running: the reason")]
    [InlineData("restarting", 0, "Product execguard is not running: the reason")]
    [InlineData("connecting", 103, "Product execguard is not judging: the reason")]
    [InlineData("absent", 103, "Product execguard is not judging: the reason")]
    public async Task Product_that_does_not_judge_is_told_in_the_head_with_the_reason(string state, int pid, string line)
    {
        using var run = new CommandRun();
        var idle = Samples.Status.Products[0] with { State = state, Pid = pid, Reason = "the reason" };
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer with { Status = Samples.Status with { Products = [idle] } });

        Assert.Equal(0, await run.RunAsync("product", "list"));
        Assert.Contains(line + "\n", run.Output);
        Assert.Equal(0, await run.RunAsync("status"));
        Assert.Matches($"protection is on.*\n(.*\n)?{line}\n", run.Output);
    }

    [Fact]
    public async Task Product_list_json_is_an_array_of_the_contract()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer);

        Assert.Equal(0, await run.RunAsync("product", "list", "--json"));

        Assert.Equal(Samples.Status.Products, JsonSerializer.Deserialize(run.Output, ControlJsonContext.Default.ProductStatusArray)!);
    }

    [Fact]
    public async Task Product_list_without_products_says_that_the_policy_decides()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, _ => Answer with { Status = Samples.Status with { Products = [] } });

        Assert.Equal(0, await run.RunAsync("product", "list"));

        Assert.Contains("no product", run.Output);
    }
}
