using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Content.Trials;

/// <summary>
/// A question as a device keeps it to ask it again: which file, and what became of it. No arguments, no user, none of the file's bytes.
/// </summary>
public sealed record RecordedQuestion
{
    /// <summary><see cref="EventKind.Exec"/> or <see cref="EventKind.Open"/>.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>How code was to run.</summary>
    public ExecVia Via { get; init; }

    /// <summary>Where the file was.</summary>
    public required string Path { get; init; }

    /// <summary>The file's device.</summary>
    public ulong Device { get; init; }

    /// <summary>The file's inode.</summary>
    public ulong Inode { get; init; }

    /// <summary>Its size in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>When it was changed last, ns since 1970 (UTC).</summary>
    public long ModifiedNs { get; init; }

    /// <summary>What the product in force answered, or what was decided without it; None when nobody could judge.</summary>
    public Verdict Verdict { get; init; }

    /// <summary>How often it was asked.</summary>
    public int Count { get; init; } = 1;
}
