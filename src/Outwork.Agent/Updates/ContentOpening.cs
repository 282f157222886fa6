using Outwork.Agent.Broker;
using Outwork.Agent.Events;
using Outwork.Agent.Recording;

namespace Outwork.Agent.Updates;

/// <summary>
/// Opens the store of content and works with it. An earlier agent may still have it, or the disk may be full: it is tried again until it
/// can be opened, since content on trial in force must not stay unwatched. Lives as long as the agent.
/// </summary>
/// <param name="options">What is followed and watched.</param>
/// <param name="agent">Where everything is.</param>
/// <param name="trials">Stream behind which content is tried; owned.</param>
/// <param name="recorder">What products were asked.</param>
/// <param name="broker">Says how products are.</param>
/// <param name="sinks">Told of changes.</param>
/// <param name="counters">Counts them.</param>
/// <param name="report">Gets sentences for the log.</param>
/// <param name="time">Clock.</param>
internal sealed class ContentOpening(
    UpdateOptions options, AgentOptions agent, Stream trials, QuestionRecorder recorder, IBrokerLink broker, IEventSink sinks, AgentCounters counters, Action<string> report, TimeProvider time)
    : IDisposable
{
    private const string StateFile = "state.json";

    private static readonly TimeSpan Slowest = TimeSpan.FromMinutes(5);

    private readonly TrialClient _trials = new(trials, broker, time);
    private ContentUpdates? _updates;
    private OneTrialAtATime? _oneTrial;
    private string? _told;

    /// <summary>Answers the control socket; null while the store is not open.</summary>
    public ContentRequests? Requests => Volatile.Read(ref _updates)?.Requests;

    /// <summary>What the administrator's file says, and packaged content that it does not name; null when there is neither.</summary>
    public static UpdateOptions? FindWork(AgentOptions agent, Action<string> report)
    {
        UpdateOptions? followed = ContentUpdates.ReadOptions(agent.UpdatesFile, report);
        try
        {
            return UpdateOptions.WithWatched(
                followed, Directory.EnumerateDirectories(agent.PackagesDirectory!).Where(static folder => File.Exists(Path.Join(folder, StateFile))).Select(static folder => Path.GetFileName(folder)));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            report($"packaged content cannot be looked for: {unreadable.Message}");
            return followed;
        }
    }

    /// <summary>Works until the token is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var schedule = new PollSchedule(Slowest, new Random());
        _oneTrial = new OneTrialAtATime(_trials);
        try
        {
            ContentUpdates? updates;
            while ((updates = TryOpen()) is null)
                await Task.Delay(schedule.AfterFailure(), time, cancellation);
            Task working = updates.RunAsync(cancellation);
            Volatile.Write(ref _updates, updates);
            await working;
        }
        catch (OperationCanceledException)
        {
            // The agent ends before it could be opened.
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _updates?.Dispose();
        _oneTrial?.Dispose();
        _trials.Dispose();
    }

    private ContentUpdates? TryOpen()
    {
        try
        {
            return ContentUpdates.Create(options, agent, _oneTrial!, recorder, broker, sinks, counters, Tell, time);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            Tell($"updates are off: {failed.Message}");
            return null;
        }
    }

    // Each fault once, however often it is met.
    private void Tell(string sentence)
    {
        if (Volatile.Read(ref _updates) is null && sentence == _told)
            return;
        _told = sentence;
        report(sentence);
    }
}
