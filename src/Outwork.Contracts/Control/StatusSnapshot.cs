namespace Outwork.Contracts.Control;

/// <summary>What `outwork status` tells: one consistent view of the device.</summary>
public sealed record StatusSnapshot
{
    /// <summary>Version of Outwork.</summary>
    public required string Version { get; init; }

    /// <summary>True while AUTH events are judged.</summary>
    public required bool Protecting { get; init; }

    /// <summary>When protection began, ns since 1970 (UTC); 0 while it is off.</summary>
    public long ProtectingSinceUnixNs { get; init; }

    /// <summary>What is guarded: mount points, or "/" with all local file systems.</summary>
    public string[] Guarded { get; init; } = [];

    /// <summary>Mounts that are not guarded, each with the reason.</summary>
    public string[] NotGuarded { get; init; } = [];

    /// <summary>Every process of Outwork.</summary>
    public ProcessStatus[] Processes { get; init; } = [];

    /// <summary>Every mechanism of the operating system that could be used.</summary>
    public MechanismStatus[] Mechanisms { get; init; } = [];

    /// <summary>Every product.</summary>
    public ProductStatus[] Products { get; init; } = [];

    /// <summary>The policy in force.</summary>
    public PolicyStatus? Policy { get; init; }

    /// <summary>Every counter, by name.</summary>
    public CounterStatus[] Counters { get; init; } = [];

    /// <summary>Latency of each stage.</summary>
    public LatencyStatus[] Latencies { get; init; } = [];
}

/// <summary>One process of Outwork.</summary>
/// <param name="Role">warden, broker, agent or product.</param>
/// <param name="Name">The product's name, else the role.</param>
/// <param name="Pid">Process id.</param>
/// <param name="State">starting, running, restarting or stopped.</param>
/// <param name="UserId">User it runs as.</param>
/// <param name="Restarts">How often it was started again.</param>
public sealed record ProcessStatus(string Role, string Name, int Pid, string State, uint UserId, int Restarts);

/// <summary>One mechanism, probed at start.</summary>
/// <param name="Name">Stable name: the facility, a dot, what it is needed for.</param>
/// <param name="InForce">True when it is used now.</param>
/// <param name="Detail">What it gives, or why it is refused.</param>
/// <param name="Lost">What is lost without it; empty when in force.</param>
public sealed record MechanismStatus(string Name, bool InForce, string Detail, string Lost);

/// <summary>One product as the broker sees it.</summary>
public sealed record ProductStatus
{
    /// <summary>Name.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// judging, demoted (told, but not asked) or observing; else it does nothing: connecting (it has not subscribed), absent (it runs and has no
    /// session), restarting (it ended) or not-started (it was refused, and is not tried again).
    /// </summary>
    public required string State { get; init; }

    /// <summary>For people: why it neither judges nor observes; empty while it does.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Its process, 0 when absent.</summary>
    public int Pid { get; init; }

    /// <summary>What it reports of itself: healthy, degraded or failing, and a sentence.</summary>
    public string Health { get; init; } = "";

    /// <summary>Generation of its content; 0 until it reports one.</summary>
    public ulong ContentGeneration { get; init; }

    /// <summary>Version of its content, as it reports it.</summary>
    public string ContentVersion { get; init; } = "";

    /// <summary>Questions asked.</summary>
    public ulong Asked { get; init; }

    /// <summary>Questions answered in time.</summary>
    public ulong Answered { get; init; }

    /// <summary>Deadlines missed.</summary>
    public ulong Missed { get; init; }

    /// <summary>Frames refused: malformed, unknown, late.</summary>
    public ulong Refused { get; init; }

    /// <summary>Events delivered.</summary>
    public ulong Delivered { get; init; }

    /// <summary>Events lost or shed, each told as a gap.</summary>
    public ulong Lost { get; init; }

    /// <summary>When it was demoted, ns since 1970 (UTC); 0 while it is asked.</summary>
    public long DemotedSinceUnixNs { get; init; }

    /// <summary>How often it was demoted since the broker started.</summary>
    public int Demotions { get; init; }

    /// <summary>Misses that count against its budget now; at <see cref="MissBudget"/> it is demoted. They wear off with time.</summary>
    public int Misses { get; init; }

    /// <summary>Misses that it may have before it is demoted.</summary>
    public int MissBudget { get; init; }

    /// <summary>While demoted: shadow questions answered in time, in a row.</summary>
    public int GoodAnswers { get; init; }

    /// <summary>Good answers after which it is asked again.</summary>
    public int GoodAnswersNeeded { get; init; }
}

/// <summary>The policy in force.</summary>
/// <param name="Generation">Increases with each applied policy.</param>
/// <param name="Rules">Number of rules.</param>
/// <param name="Source">Where it came from: built-in, or the file given.</param>
/// <param name="AppliedUnixNs">When, ns since 1970 (UTC).</param>
public sealed record PolicyStatus(ulong Generation, int Rules, string Source, long AppliedUnixNs);

/// <summary>One counter.</summary>
public sealed record CounterStatus(string Name, ulong Value);

/// <summary>One stage's latency in microseconds; the buckets are powers of two, bucket i counts values below 2^i µs.</summary>
public sealed record LatencyStatus(string Stage, ulong Count, double P50, double P99, double Max, ulong[] Buckets);
