using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Platform.Supervision;
using Outwork.Warden.Launching;

namespace Outwork.Warden.Supervision;

/// <summary>The agent or a product: what it is, and its process while it has one.</summary>
internal sealed class SupervisedChild(ProcessRole role, string name, uint user, ProductPlan? product, TimeProvider time)
{
    private LaunchedProcess? _process;

    public ProcessRole Role => role;

    public string Name => name;

    public uint User => user;

    /// <summary>Null for the agent.</summary>
    public ProductPlan? Product => product;

    /// <summary>What it and whatever it starts runs in; a process cannot leave them.</summary>
    public IReadOnlyList<string> ControlGroups { get; init; } = product?.ControlGroups ?? [];

    /// <summary>What processes that it starts run in, apart from its own.</summary>
    public IReadOnlyList<string> FurtherGroups { get; init; } = [];

    public RestartBackoff Backoff { get; } = new(time);

    public int Restarts { get; private set; }

    /// <summary>For people: how it ended last, or why it could not be started; null while nothing has happened to it.</summary>
    public string? LastEnding { get; private set; }

    /// <summary>Null while it waits to be started.</summary>
    public LaunchedProcess? Process => _process;

    /// <summary>When to start it, on the clock of the time provider; meaningful while it has no process.</summary>
    public long StartDue { get; private set; } = time.GetTimestamp();

    /// <summary>When its process is ended, on the clock of the time provider, since its session is over; null while it is not.</summary>
    public long? EndDue { get; private set; }

    /// <summary>The way to give it a new session; null without a process.</summary>
    public SessionRenewal? Renewal { get; set; }

    /// <summary>True when it runs and goes on without a broker until it gets a new session.</summary>
    public bool OutlivesBroker => _process is not null && Renewal is { IsOffered: true };

    public void OnStarted(LaunchedProcess process)
    {
        _process = process;
        Backoff.OnStarted();
    }

    /// <summary>Its session is over: it may end by itself, but not live on without one.</summary>
    public void OnSessionEnded() =>
        EndDue ??= time.GetTimestamp() + (long)(ProcessEnding.Patience.TotalSeconds * time.TimestampFrequency);

    /// <summary>It ended or could not be started, as <paramref name="ending"/> says. Returns when it is tried again.</summary>
    public TimeSpan ScheduleRestart(string ending)
    {
        Forget();
        LastEnding = ending;
        Restarts++;
        TimeSpan wait = Backoff.OnEnded();
        StartDue = time.GetTimestamp() + (long)(wait.TotalSeconds * time.TimestampFrequency);
        return wait;
    }

    /// <summary>It was ended with the broker; it starts again at once.</summary>
    public void StartAgainNow()
    {
        Forget();
        LastEnding = "ended with the broker";
        Restarts++;
        StartDue = time.GetTimestamp();
    }

    public void Forget()
    {
        _process?.Dispose();
        _process = null;
        EndDue = null;
        Renewal?.Dispose();
        Renewal = null;
    }
}
