namespace Outwork.Contracts.Events;

/// <summary>What a product is asked: may this happen?</summary>
public sealed record AuthQuestion
{
    /// <summary>Names the question in replies and in the decision record.</summary>
    public required ulong RequestId { get; init; }

    /// <summary><see cref="EventKind.Exec"/> or <see cref="EventKind.Open"/>.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>How code comes to run; None for Open.</summary>
    public ExecVia Via { get; init; }

    /// <summary>When the broker answers without the product, on the system's monotonic clock, ns.</summary>
    public required long DeadlineNs { get; init; }

    /// <summary>The file in question.</summary>
    public FileIdentity File { get; init; }

    /// <summary>Permission and type bits of the file (POSIX st_mode).</summary>
    public uint FileMode { get; init; }

    /// <summary>Owner of the file.</summary>
    public uint FileOwner { get; init; }

    /// <summary>Path of the file when the question arose. For people and logs; never open it: use the passed descriptor.</summary>
    public string Path { get; init; } = "";

    /// <summary>Process that asks.</summary>
    public ProcessId ProcessId { get; init; }

    /// <summary>Its parent.</summary>
    public ProcessId ParentProcessId { get; init; }

    /// <summary>Its pid in the initial pid namespace.</summary>
    public int Pid { get; init; }

    /// <summary>Its parent's pid.</summary>
    public int ParentPid { get; init; }

    /// <summary>Its real user id.</summary>
    public uint UserId { get; init; }

    /// <summary>Program the process runs now (for Exec: the one that calls exec).</summary>
    public string Executable { get; init; } = "";

    /// <summary>True when an open descriptor of the file is passed beside the question.</summary>
    public bool HasDescriptor { get; init; }

    /// <summary>True when nothing waits for the answer: it only prepares later answers. Such a question has a far deadline.</summary>
    public bool IsPrejudged { get; init; }

    /// <summary>True when the answer decides nothing: the product is demoted, and answers in time are how it earns its way back.</summary>
    public bool IsShadow { get; init; }
}

/// <summary>A product's answer. The reason is shown to people: at most 512 bytes of UTF-8 survive.</summary>
/// <param name="RequestId">The question answered.</param>
/// <param name="Verdict">Allow or deny.</param>
/// <param name="Cacheable">True when the answer depends on nothing but the file's content and the product's content generation.</param>
/// <param name="ContentGeneration">The product's content under which it was judged.</param>
/// <param name="Reason">Why, for people.</param>
public readonly record struct AuthReply(ulong RequestId, Verdicts.Verdict Verdict, bool Cacheable, ulong ContentGeneration, string Reason);
