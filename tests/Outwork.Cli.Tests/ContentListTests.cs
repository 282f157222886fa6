using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Tests;

public sealed class ContentListTests
{
    private const string Reason = "The product refused the content: broken.yar:2: syntax error at the end of the file [trial-content-refused, after 0 questions] Tell the vendor.";

    private static readonly ContentStatus Status = new()
    {
        Product = "guard",
        Slots =
        [
            new ContentSlotStatus("a", "1.2.0", "acme", "rejected", InForce: false, LastKnownGood: false, 0, new string('a', 64)),
            new ContentSlotStatus("b", "1.1.0", "acme", "rolledBack", InForce: false, LastKnownGood: false, 0, new string('b', 64)),
        ],
        Denied = [new DeniedContent("1.2.0", Reason, 0)],
    };

    [Fact]
    public async Task Long_reason_is_short_in_the_table_and_whole_in_json()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, static _ => new ControlResponse { Ok = true, Contents = [Status] });
        Assert.True(await run.RunAsync("content", "list") == ExitCodes.Done, run.Error);
        Assert.DoesNotContain("Tell the vendor", run.Output, StringComparison.Ordinal);
        Assert.Contains("whole reasons: outwork content history guard", run.Output, StringComparison.Ordinal);

        using var json = new CommandRun();
        await using var again = FakeAgent.Start(json.SocketPath, static _ => new ControlResponse { Ok = true, Contents = [Status] });
        Assert.True(await json.RunAsync("content", "list", "--json") == ExitCodes.Done, json.Error);
        Assert.Contains(Reason, json.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Content_that_failed_its_trial_and_content_that_was_rolled_back_are_told_apart()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, static _ => new ControlResponse { Ok = true, Contents = [Status] });
        Assert.True(await run.RunAsync("content", "list") == ExitCodes.Done, run.Error);
        string[] lines = run.Output.Split('\n');
        Assert.Contains(lines, static line => line.Contains("1.2.0", StringComparison.Ordinal) && line.Contains("failed its trial", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.Contains("1.1.0", StringComparison.Ordinal) && line.Contains("rolled back", StringComparison.Ordinal));
    }
}
