namespace Outwork.Soak.Planning;

/// <summary>How far a fault reaches: what may be missing while it lasts.</summary>
internal enum FaultReach
{
    /// <summary>Nothing that judges: verdicts go on as ever.</summary>
    Nobody,

    /// <summary>The product's opinion: what its rules say on failure applies.</summary>
    Product,

    /// <summary>All judging: the machine is open until the broker is back.</summary>
    Broker,

    /// <summary>Nothing, but everything may be slow.</summary>
    Machine,
}

/// <summary>What the soak has to know of each kind of fault.</summary>
/// <param name="Reach">How far it reaches.</param>
/// <param name="EndsBroker">True when a new broker has to come.</param>
/// <param name="Shortest">The shortest time that it lasts; zero when it is a moment.</param>
/// <param name="Longest">The longest.</param>
internal sealed record FaultTraits(FaultReach Reach, bool EndsBroker, TimeSpan Shortest, TimeSpan Longest)
{
    private static readonly Dictionary<FaultKind, FaultTraits> All = new()
    {
        [FaultKind.KillProduct] = Moment(FaultReach.Product),
        [FaultKind.KillAgent] = Moment(FaultReach.Nobody),
        [FaultKind.KillBroker] = Moment(FaultReach.Broker, endsBroker: true),
        [FaultKind.KillWarden] = Moment(FaultReach.Broker, endsBroker: true),
        [FaultKind.KillSeveral] = Moment(FaultReach.Product),
        [FaultKind.StopProduct] = Lasting(FaultReach.Product, 500, 4_000),
        [FaultKind.StopAgent] = Lasting(FaultReach.Nobody, 500, 5_000),
        [FaultKind.StopBroker] = Moment(FaultReach.Broker, endsBroker: true),
        // The warden ends a broker that stood still for eight looks, 250 ms apart: this is safely below.
        [FaultKind.PauseBroker] = Lasting(FaultReach.Broker, 100, 1_300),
        [FaultKind.StopWarden] = Lasting(FaultReach.Nobody, 500, 4_000),
        [FaultKind.StarveProcessor] = Lasting(FaultReach.Machine, 1_000, 6_000),
        [FaultKind.StarveProductProcessor] = Lasting(FaultReach.Product, 1_000, 4_000),
        [FaultKind.StarveProductMemory] = Lasting(FaultReach.Product, 1_000, 3_000),
        [FaultKind.StarveProductDescriptors] = Lasting(FaultReach.Product, 1_000, 3_000),
        [FaultKind.StarveAgentDescriptors] = Lasting(FaultReach.Nobody, 1_000, 3_000),
        [FaultKind.StarveAgentMemory] = Lasting(FaultReach.Nobody, 1_000, 3_000),
        [FaultKind.SpoilContent] = Lasting(FaultReach.Nobody, 1_000, 2_000),
        [FaultKind.Chaos] = Lasting(FaultReach.Nobody, 2_000, 6_000),
    };

    /// <summary>All kinds, in the order of their declaration.</summary>
    public static IReadOnlyList<FaultKind> Kinds { get; } = [.. Enum.GetValues<FaultKind>()];

    /// <summary>The traits of a kind.</summary>
    public static FaultTraits Of(FaultKind kind) => All[kind];

    private static FaultTraits Moment(FaultReach reach, bool endsBroker = false) => new(reach, endsBroker, TimeSpan.Zero, TimeSpan.Zero);

    private static FaultTraits Lasting(FaultReach reach, int shortest, int longest) =>
        new(reach, EndsBroker: false, TimeSpan.FromMilliseconds(shortest), TimeSpan.FromMilliseconds(longest));
}
