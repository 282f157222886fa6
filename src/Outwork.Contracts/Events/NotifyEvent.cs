namespace Outwork.Contracts.Events;

/// <summary>Something that happened. Which of the optional parts is present follows from <see cref="Kind"/>.</summary>
public sealed record NotifyEvent
{
    /// <summary>What happened.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>How code came to run; for <see cref="EventKind.Exec"/>.</summary>
    public ExecVia Via { get; init; }

    /// <summary>When, ns since 1970 (UTC).</summary>
    public required long TimeUnixNs { get; init; }

    /// <summary>The process concerned, for Fork (the child), Exec and Exit.</summary>
    public ProcessInfo? Process { get; init; }

    /// <summary>For Exit: exit code, or 128 + signal number when a signal ended it.</summary>
    public int ExitCode { get; init; }

    /// <summary>For Exec and Decision: the file that runs.</summary>
    public FileIdentity File { get; init; }

    /// <summary>For Decision; for Exec the decision that let it run (0: none known).</summary>
    public ulong DecisionId { get; init; }

    /// <summary>For Decision.</summary>
    public Verdicts.DecisionRecord? Decision { get; init; }

    /// <summary>For Gap: events lost since the last one delivered.</summary>
    public ulong Lost { get; init; }

    /// <summary>For Gap: the same by kind and process, as far as it is known; adds up to <see cref="Lost"/> unless empty.</summary>
    public EventLoss[] Losses { get; init; } = [];

    /// <summary>For Gap: where they were lost; for ContentChange: what changed; for Demotion: which product, and why; for ConfinementRefusal: who
    /// tried what.</summary>
    public string Detail { get; init; } = "";

    /// <summary>For Exec: true when the process was ended by policy before its first instruction. Within the broker; to products <see cref="Detail"/> says it.</summary>
    public bool Ended { get; init; }

    /// <summary>True when re-read from the system's state rather than observed.</summary>
    public bool Reconstructed { get; init; }
}
