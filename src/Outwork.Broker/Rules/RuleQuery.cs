using Outwork.Contracts.Events;

namespace Outwork.Broker.Rules;

/// <summary>
/// What a policy is asked. What is not known of the process that asks is null; what is known not to exist, as the program of a
/// parent that has ended, is empty text.
/// </summary>
public readonly ref struct RuleQuery
{
    /// <summary>Exec or Open.</summary>
    public required EventKind Kind { get; init; }

    /// <summary>How code comes to run; None for Open.</summary>
    public ExecVia Via { get; init; }

    /// <summary>Path of the file.</summary>
    public required string Path { get; init; }

    /// <summary>True when the path may be any that the asker likes: it matches no rule that allows.</summary>
    public bool IsPathClaimed { get; init; }

    /// <summary>SHA-256 of the content: 32 bytes, or empty while it is not known.</summary>
    public ReadOnlySpan<byte> Sha256 { get; init; }

    /// <summary>User that owns the file.</summary>
    public uint Owner { get; init; }

    /// <summary>User of the process that asks; null when not known.</summary>
    public uint? User { get; init; }

    /// <summary>Program of the process that asks; null when not known.</summary>
    public string? Executable { get; init; }

    /// <summary>Program of its parent; null when not known.</summary>
    public string? ParentExecutable { get; init; }

    /// <summary>The same question of another user.</summary>
    public RuleQuery WithUser(uint user) => new()
    {
        Kind = Kind, Via = Via, Path = Path, IsPathClaimed = IsPathClaimed, Sha256 = Sha256, Owner = Owner, User = user, Executable = Executable, ParentExecutable = ParentExecutable,
    };
}
