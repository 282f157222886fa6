using Outwork.Cli.Control;
using Outwork.Cli.Live;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Cli.Tests;

public sealed class LiveViewTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Live_view_shows_decisions_until_it_is_cancelled(bool interactive)
    {
        using var run = new CommandRun { Interactive = interactive };
        await using var agent = FakeAgent.StartWatched(run.SocketPath, Samples.Event(Samples.Denied));
        using var stop = new CancellationTokenSource();
        Task view = new LiveView(run.Setting).RunAsync(new ControlClient(run.SocketPath, TimeProvider.System, CurrentUser.Id), stop.Token);

        await UntilAsync(() => run.Output.Contains("/tmp/eicar.sh"), view);
        await stop.CancelAsync();
        await view.WaitAsync(Patience);

        Assert.Contains("DENY", run.Output);
        Assert.Equal(interactive, run.Output.Contains('\e'));
    }

    [Fact]
    public async Task Live_view_connects_again_when_the_stream_breaks()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.StartWatched(run.SocketPath, Samples.Event(Samples.Denied));
        using var stop = new CancellationTokenSource();
        Task view = new LiveView(run.Setting).RunAsync(new ControlClient(run.SocketPath, TimeProvider.System, CurrentUser.Id), stop.Token);

        await UntilAsync(() => agent.Requests.Count >= 2, view);
        await stop.CancelAsync();
        await view.WaitAsync(Patience);
    }

    [Fact]
    public void Frame_has_protection_guarded_products_rate_and_the_newest_decision_first_and_fits_the_terminal()
    {
        var state = new LiveState(TimeProvider.System);
        state.Update(new ControlResponse { Ok = true, Status = Samples.Status });
        for (ulong id = 1; id <= 100; id++)
            state.Add(Samples.Event(Samples.Denied with { Id = id, Path = "/a/very/long/path/" + new string('x', 200) }));
        state.Add(new NotifyEvent { Kind = EventKind.Gap, TimeUnixNs = Samples.Instant, Lost = 5 });

        string[] lines = Render(state.Snapshot(), width: 100, height: 20);

        Assert.Contains("protection is on since", lines[0]);
        Assert.Contains("Guarded: /, /home", lines[1]);
        Assert.Contains(lines, l => l.Contains("execguard (judging, 40 answered, 1 missed)"));
        Assert.Contains(lines, l => l.Contains("events/s; 5 not shown here"));
        Assert.EndsWith("100", lines.First(l => l.Contains("DENY")).TrimEnd());
        Assert.True(lines.Length < 20, $"{lines.Length} lines");
        Assert.All(lines, l => Assert.True(l.TrimEnd().Length <= 100, l));
    }

    [Fact]
    public void Frame_tells_when_the_agent_does_not_answer()
    {
        var state = new LiveState(TimeProvider.System);
        state.Update(new ControlResponse { Ok = false, Code = "unreachable", Error = "Outwork closed the connection" });

        Assert.Contains(Render(state.Snapshot(), 100, 20), l => l.Contains("Outwork closed the connection"));
    }

    private static string[] Render(LiveFrame frame, int width, int height)
    {
        using var output = new StringWriter();
        var terminal = new Cli.Output.Terminal(output, TextWriter.Null, isInteractive: false);
        terminal.Console.Profile.Width = width;
        terminal.Write(new LiveDrawing(new Cli.Output.Instants(TimeProvider.System)).Draw(frame, width, height));
        return output.ToString().TrimEnd('\n').Split('\n');
    }

    private static async Task UntilAsync(Func<bool> condition, Task running)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (!condition() && !running.IsCompleted)
            await Task.Delay(20, limit.Token);
    }
}
