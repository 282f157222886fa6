namespace Outwork.Trust.Authoring;

/// <summary>Why a change to a repository is refused. The names are part of the interface.</summary>
public enum DraftFaultCode
{
    /// <summary>There is no such role.</summary>
    UnknownRole = 1,

    /// <summary>There is such a role already.</summary>
    RoleExists = 2,

    /// <summary>There is no such key, or the role does not have it.</summary>
    UnknownKey = 3,

    /// <summary>The role has this key already.</summary>
    KeyExists = 4,

    /// <summary>A threshold that the role's keys cannot reach, or below 1.</summary>
    BadThreshold = 5,

    /// <summary>There is no such file in the repository.</summary>
    UnknownTarget = 6,

    /// <summary>A path that no client would take or find.</summary>
    BadPath = 7,

    /// <summary>A role's name that could not be a file's, or is one of the top level.</summary>
    BadName = 8,

    /// <summary>Delegations to roles and to bins exclude each other.</summary>
    MixedDelegations = 9,

    /// <summary>Nothing is staged that this key may sign.</summary>
    NothingToSign = 10,

    /// <summary>Staged roles lack signatures.</summary>
    SignaturesMissing = 11,

    /// <summary>A signature that was brought back does not hold.</summary>
    BadSignature = 12,

    /// <summary>A file that was brought is none of what it should be, or belongs to another state of the repository.</summary>
    BadFile = 13,

    /// <summary>A client would refuse the repository.</summary>
    ClientRefuses = 14,

    /// <summary>What is staged of a role cannot be taken back, since nothing of it is published.</summary>
    NothingPublished = 15,

    /// <summary>Who was to sign said no, or could not be asked.</summary>
    NotConfirmed = 16,

    /// <summary>Another command works on the repository.</summary>
    Busy = 17,
}

/// <summary>A refusal: what, where, and what to do.</summary>
/// <param name="Code">Which.</param>
/// <param name="What">What is wrong, and where.</param>
/// <param name="Advice">What to do; never empty.</param>
public sealed record DraftFault(DraftFaultCode Code, string What, string Advice)
{
    /// <summary>One line with all of it.</summary>
    public override string ToString() => $"{What}. {Advice} [{Code}]";
}
