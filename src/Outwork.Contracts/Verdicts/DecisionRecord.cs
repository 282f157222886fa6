using Outwork.Contracts.Events;

namespace Outwork.Contracts.Verdicts;

/// <summary>One product's vote in a decision.</summary>
/// <param name="Product">Name of the product.</param>
/// <param name="Verdict">None when it did not answer.</param>
/// <param name="Microseconds">From question to reply; 0 when it did not answer.</param>
/// <param name="Reason">What the product says, for people.</param>
public sealed record ProductVote(string Product, Verdict Verdict, double Microseconds, string Reason);

/// <summary>Everything needed to explain a decision afterwards.</summary>
public sealed record DecisionRecord
{
    /// <summary>Increases with each decision of one broker run; starts again with the broker.</summary>
    public required ulong Id { get; init; }

    /// <summary>When the event arrived, ns since 1970 (UTC).</summary>
    public required long TimeUnixNs { get; init; }

    /// <summary>What was asked.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>How code was to run.</summary>
    public ExecVia Via { get; init; }

    /// <summary>Path of the file.</summary>
    public string Path { get; init; } = "";

    /// <summary>Identity of the file.</summary>
    public FileIdentity File { get; init; }

    /// <summary>SHA-256 of the content in lower-case hexadecimal, when a rule needed it.</summary>
    public string? Sha256 { get; init; }

    /// <summary>The process that asked.</summary>
    public ProcessId ProcessId { get; init; }

    /// <summary>Its pid.</summary>
    public int Pid { get; init; }

    /// <summary>Its parent's pid, 0 when unknown.</summary>
    public int ParentPid { get; init; }

    /// <summary>Its user.</summary>
    public uint UserId { get; init; }

    /// <summary>The program it ran when it asked.</summary>
    public string Executable { get; init; } = "";

    /// <summary>What was answered.</summary>
    public required Verdict Verdict { get; init; }

    /// <summary>
    /// Nobody was answered: a file that is opened as data again and again was judged before somebody runs it. Whoever does gets this verdict.
    /// </summary>
    public bool AheadOfNeed { get; init; }

    /// <summary>Who decided.</summary>
    public required VerdictSource Source { get; init; }

    /// <summary>Id of the rule, or null when the default applied.</summary>
    public string? Rule { get; init; }

    /// <summary>Stage of that rule.</summary>
    public RuleStage Stage { get; init; } = RuleStage.Enforce;

    /// <summary>What an audit or shadow rule would have answered; None otherwise.</summary>
    public Verdict WouldBe { get; init; }

    /// <summary>What failed, if anything.</summary>
    public VerdictFailure Failure { get; init; }

    /// <summary>Votes of the products asked.</summary>
    public ProductVote[] Votes { get; init; } = [];

    /// <summary>From the event's arrival in the broker to its answer.</summary>
    public double Microseconds { get; init; }

    /// <summary>For cached answers: the decision that was reused.</summary>
    public ulong CachedFrom { get; init; }

    /// <summary>Generation of the policy in force.</summary>
    public ulong PolicyGeneration { get; init; }
}
