namespace Outwork.Faults;

/// <summary>One way in which something can go wrong, how it is made to happen, and what it may cost others.</summary>
public sealed record Fault
{
    /// <summary>The deadline of every rule that asks a product on a <see cref="FaultedMachine"/>.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest wait that a fault of Outwork itself may cause.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(2500);

    /// <summary>Unique, in a few words; the key of its row in the matrix.</summary>
    public required string Name { get; init; }

    /// <summary>Where it is.</summary>
    public required FaultGroup Group { get; init; }

    /// <summary>What happens, in a sentence.</summary>
    public required string Description { get; init; }

    /// <summary>What has to be there before it can happen; not measured. Null when that is nothing.</summary>
    public Action<FaultedMachine>? Prepare { get; init; }

    /// <summary>Makes it happen. Returns when it has begun; how long it lasts is <see cref="Lasts"/>.</summary>
    public required Action<FaultedMachine> Inject { get; init; }

    /// <summary>What a person, or nature, does to end it; null when it ends by itself.</summary>
    public Action<FaultedMachine>? Repair { get; init; }

    /// <summary>How long it is left alone before <see cref="Repair"/>, or before recovery is awaited.</summary>
    public TimeSpan Lasts { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest that an operation of another program may wait.</summary>
    public TimeSpan LongestWait { get; init; } = Deadline;

    /// <summary>The longest from the repair (without one, from the fault's beginning) until everything judges again; null when it does not.</summary>
    public TimeSpan? Recovery { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest that the guard may be off, so that what is denied gets through.</summary>
    public TimeSpan Gap { get; init; }

    /// <summary>True when it keeps the processors busy, so that everybody waits for one, the probe too.</summary>
    public bool TakesProcessors { get; init; }

    /// <summary>True when it takes the files away that the probe works on, so that its operations must fail.</summary>
    public bool RemovesWork { get; init; }

    /// <summary>True when nobody is left to remove the control groups; the next start does.</summary>
    public bool LeavesControlGroups { get; init; }

    /// <summary>How it comes back, in a few words.</summary>
    public required string Return { get; init; }

    /// <summary>True when the denials of the product that is hit are verdicts, and refusals by it no failures.</summary>
    public bool DeniesByVerdict { get; init; }

    /// <summary>True when it leaves a machine that no other fault may follow on.</summary>
    public bool SpoilsMachine { get; init; }

    /// <summary>True when the broker ends for it: after five such in a minute the warden gives up for a while.</summary>
    public bool HitsBroker { get; init; }

    /// <summary>How many wardens end for it: the pause before the next start grows each time.</summary>
    public int WardenEnds { get; init; }

    /// <summary>How many agents end for it; as with wardens.</summary>
    public int AgentEnds { get; init; }

    /// <summary>True when the victim must not have been started again before: the pause before the next start grows each time.</summary>
    public bool NeedsRestedVictim { get; init; }

    /// <summary>True when it takes the machine's next victim.</summary>
    public bool HitsVictim { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}
