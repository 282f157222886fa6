namespace Outwork.Contracts.Control;

/// <summary>Stable values of <see cref="ControlResponse.Code"/>.</summary>
public static class ControlCodes
{
    /// <summary>The request is no JSON, too long, or names no operation.</summary>
    public const string BadRequest = "bad-request";

    /// <summary>What was asked for does not exist, or not any more.</summary>
    public const string NotFound = "not-found";

    /// <summary>The policy has faults; nothing changed.</summary>
    public const string PolicyInvalid = "policy-invalid";

    /// <summary>The policy could not be kept on the disk; nothing changed.</summary>
    public const string PolicyNotStored = "policy-not-stored";

    /// <summary>The broker is not there or does not answer.</summary>
    public const string BrokerUnavailable = "broker-unavailable";

    /// <summary>The peer is neither root nor in the group.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>Too many connections.</summary>
    public const string Busy = "busy";

    /// <summary>This device follows no repository, or not for this product.</summary>
    public const string UpdatesOff = "updates-off";

    /// <summary>The bundle is no archive of a repository.</summary>
    public const string BundleInvalid = "bundle-invalid";
}
