using Outwork.Agent.Events;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux;

namespace Outwork.Agent.Recording;

/// <summary>Records what each followed product is asked, so that its next content can be asked the same.</summary>
/// <remarks><see cref="Take"/> on the pump's thread; the rest on any.</remarks>
internal sealed class QuestionRecorder : IEventSink
{
    private const int MostEntries = 4096;
    private const int MostBytes = 1024 * 1024;

    private readonly Dictionary<string, Recorded> _products = new(StringComparer.Ordinal);
    private readonly AgentCounters _counters;
    private readonly Action<string> _report;

    /// <param name="directory">The agent's folder.</param>
    /// <param name="products">Whose questions.</param>
    /// <param name="counters">Where damaged lines are counted.</param>
    /// <param name="report">Gets a sentence when something cannot be kept.</param>
    public QuestionRecorder(string directory, IEnumerable<string> products, AgentCounters counters, Action<string> report)
    {
        _counters = counters;
        _report = report;
        string folder = Path.Join(directory, "recording");
        _ = Directory.CreateDirectory(folder);
        foreach (string product in products)
            _products.Add(product, Load(product, folder));
    }

    /// <summary>One product's questions; null when it is not followed.</summary>
    public QuestionRing? Of(string product) => _products.TryGetValue(product, out Recorded? recorded) ? recorded.Ring : null;

    /// <inheritdoc/>
    public void Take(NotifyEvent notification)
    {
        if (notification is not { Kind: EventKind.Decision, Decision: { } decision })
            return;
        foreach (Recorded recorded in _products.Values)
            recorded.Ring.Take(decision);
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
    }

    /// <summary>Keeps what has changed, now and then and once more when the token is cancelled.</summary>
    public async Task SaveEveryAsync(TimeSpan period, TimeProvider time, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(period, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellation))
                Save();
        }
        catch (OperationCanceledException)
        {
            Save();
        }
    }

    /// <summary>Keeps what has changed. One at a time.</summary>
    public void Save()
    {
        foreach ((string product, Recorded recorded) in _products)
        {
            long version = recorded.Ring.Version;
            if (version == recorded.Saved)
                continue;
            try
            {
                recorded.File.Save(recorded.Ring);
                recorded.Saved = version;
            }
            catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or LinuxException)
            {
                _report($"what {product} was asked cannot be kept: {failed.Message}");
            }
        }
    }

    private Recorded Load(string product, string folder)
    {
        var recorded = new Recorded(new QuestionRing(product, MostEntries, MostBytes), new RecordingFile(Path.Join(folder, product + ".jsonl")));
        try
        {
            _counters.Add(AgentCounter.RecordingLinesRefused, recorded.File.Load(recorded.Ring));
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            _report($"what {product} was asked before cannot be read: {failed.Message}");
        }

        recorded.Saved = recorded.Ring.Version;
        return recorded;
    }

    private sealed class Recorded(QuestionRing ring, RecordingFile file)
    {
        public QuestionRing Ring => ring;

        public RecordingFile File => file;

        public long Saved { get; set; }
    }
}
