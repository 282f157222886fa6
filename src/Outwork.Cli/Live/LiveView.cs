using Outwork.Cli.Control;
using Outwork.Cli.Output;
using Outwork.Cli.Up;
using Outwork.Cli.Watch;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Spectre.Console;

namespace Outwork.Cli.Live;

/// <summary>
/// What <c>outwork up</c> shows: state and recent decisions on a terminal, plain lines elsewhere. It outlives the agent: when the stream
/// breaks it says so and connects again.
/// </summary>
internal sealed class LiveView(CommandSetting setting) : ILiveView
{
    private static readonly TimeSpan RedrawInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ReconnectInterval = TimeSpan.FromSeconds(1);

    private readonly Instants _instants = new(setting.Time);

    /// <inheritdoc/>
    public Task ShowAsync(string controlSocket, string notice, CancellationToken stop)
    {
        setting.Terminal.WriteLine(TerminalText.Escape(notice), Styles.Good);
        return RunAsync(new ControlClient(controlSocket, setting.Time, setting.TrustedUser), stop);
    }

    /// <summary>Shows until cancelled, and returns then.</summary>
    public async Task RunAsync(ControlClient client, CancellationToken stop)
    {
        try
        {
            if (setting.Terminal.IsInteractive)
                await DrawAsync(client, stop);
            else
                await WriteLinesAsync(client, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // How a view ends.
        }
    }

    private async Task WriteLinesAsync(ControlClient client, CancellationToken stop)
    {
        var lines = new EventLines(setting.Terminal, _instants);
        await FollowAsync(client, all: false, lines.Write, trouble => setting.Terminal.WriteError(TerminalText.Escape(trouble.Error)), stop);
    }

    private async Task DrawAsync(ControlClient client, CancellationToken stop)
    {
        var state = new LiveState(setting.Time);
        var drawing = new LiveDrawing(_instants);
        Task following = FollowAsync(client, all: true, state.Add, state.Update, stop);
        Task asking = AskStatusAsync(client, state, stop);
        var profile = setting.Terminal.Console.Profile;
        LiveFrame frame = state.Snapshot();
        await setting.Terminal.Console.Live(drawing.Draw(frame, profile.Width, profile.Height)).AutoClear(true).StartAsync(async context =>
        {
            while (!following.IsFaulted && !asking.IsFaulted)
            {
                await Task.Delay(RedrawInterval, setting.Time, stop);
                LiveFrame next = state.Snapshot();
                if (next.Version == frame.Version)
                    continue;
                frame = next;
                context.UpdateTarget(drawing.Draw(frame, profile.Width, profile.Height));
            }
        });
        await Task.WhenAll(following, asking);
    }

    private async Task FollowAsync(
        ControlClient client, bool all, Action<NotifyEvent> take, Action<ControlResponse> tellTrouble, CancellationToken stop)
    {
        while (true)
        {
            await foreach (ControlResponse response in client.WatchAsync(all, stop))
            {
                if (!response.Ok)
                    tellTrouble(response);
                else if (response.Event is { } notification)
                    take(notification);
            }

            await Task.Delay(ReconnectInterval, setting.Time, stop);
        }
    }

    private async Task AskStatusAsync(ControlClient client, LiveState state, CancellationToken stop)
    {
        while (true)
        {
            state.Update(await client.SendAsync(new ControlRequest { Operation = ControlOperations.Status }, stop));
            await Task.Delay(StatusInterval, setting.Time, stop);
        }
    }
}
