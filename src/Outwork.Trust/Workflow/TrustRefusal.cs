namespace Outwork.Trust.Workflow;

/// <summary>Why something is not trusted. The names are part of the interface: programs and logs go by them.</summary>
public enum TrustRefusalCode
{
    /// <summary>There is no trusted root to begin with.</summary>
    NotInitialised = 1,

    /// <summary>A file is no metadata.</summary>
    MalformedMetadata = 2,

    /// <summary>A file of one kind was served in the place of another.</summary>
    WrongType = 3,

    /// <summary>A file is of another version of the specification.</summary>
    UnsupportedSpecification = 4,

    /// <summary>Too few of the keys that may sign have signed.</summary>
    ThresholdNotMet = 5,

    /// <summary>Older than what was trusted before.</summary>
    Rollback = 6,

    /// <summary>Expired: somebody keeps newer metadata away, or the repository is not tended, or the clock is wrong.</summary>
    Freeze = 7,

    /// <summary>Files that do not belong together: version, length or digest is not what the role above says.</summary>
    MixAndMatch = 8,

    /// <summary>More bytes than there may be.</summary>
    EndlessData = 9,

    /// <summary>A file is not there although the metadata says so.</summary>
    MetadataMissing = 10,

    /// <summary>The repository cannot be reached or fails.</summary>
    Unreachable = 11,

    /// <summary>Bytes come too slowly.</summary>
    SlowRetrieval = 12,

    /// <summary>No trusted role has this file.</summary>
    TargetNotFound = 13,

    /// <summary>The search for a file would ask more roles than it may.</summary>
    TooManyRoles = 14,

    /// <summary>The bytes of a file are not those that were signed.</summary>
    ArbitrarySoftware = 15,

    /// <summary>None of a file's digests is of an algorithm that is known here.</summary>
    UnsupportedHash = 16,

    /// <summary>A signed file of the repository is not on the mirror.</summary>
    TargetMissing = 17,
}

/// <summary>A refusal: what, where, and what to do.</summary>
/// <param name="Code">Which.</param>
/// <param name="Role">The role it is about; empty for a file of the repository.</param>
/// <param name="File">The file's name in the repository or in the store.</param>
/// <param name="Reason">What is wrong, in words; may hold text from the repository and needs escaping before a terminal sees it.</param>
/// <param name="Advice">What an administrator does next.</param>
public sealed record TrustRefusal(TrustRefusalCode Code, string Role, string File, string Reason, string Advice)
{
    /// <summary>A refusal with the advice that belongs to its code.</summary>
    public static TrustRefusal Create(TrustRefusalCode code, string role, string file, string reason) => new(code, role, file, reason, TrustAdvice.For(code));

    /// <summary>One line with all of it.</summary>
    public override string ToString() => $"{Code}: {File}: {Reason}. {Advice}";
}
