namespace Outwork.Contracts.Verdicts;

/// <summary>May it happen? The values are frozen and ordered: the higher wins.</summary>
public enum Verdict : byte
{
    /// <summary>Not decided.</summary>
    None = 0,

    /// <summary>It may.</summary>
    Allow = 1,

    /// <summary>Suspended until a person answers. Reserved: no source gives it yet.</summary>
    Hold = 2,

    /// <summary>It may not; the caller sees EPERM.</summary>
    Deny = 3,
}

/// <summary>Who decided. The values are frozen.</summary>
public enum VerdictSource : byte
{
    /// <summary>Not decided.</summary>
    None = 0,

    /// <summary>A rule of the policy.</summary>
    Rule = 1,

    /// <summary>One or more products.</summary>
    Product = 2,

    /// <summary>An earlier decision about the same content.</summary>
    Cache = 3,

    /// <summary>The deadline passed; the rule's on-failure applied.</summary>
    Deadline = 4,

    /// <summary>A failure other than the deadline; the rule's on-failure applied.</summary>
    Failure = 5,

    /// <summary>One of Outwork's own processes asked.</summary>
    Own = 6,

    /// <summary>Nothing matched; the policy's default applied.</summary>
    Default = 7,

    /// <summary>The kernel itself, by a mark set after an earlier decision; seen only afterwards.</summary>
    KernelCache = 8,
}
