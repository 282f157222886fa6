namespace Outwork.Contracts.Control;

/// <summary>Values of <see cref="ControlRequest.Operation"/>.</summary>
public static class ControlOperations
{
    /// <summary>The whole status.</summary>
    public const string Status = "status";

    /// <summary>Events as they happen.</summary>
    public const string Watch = "watch";

    /// <summary>One decision.</summary>
    public const string Explain = "explain";

    /// <summary>The latest decisions.</summary>
    public const string Decisions = "decisions";

    /// <summary>The policy in force.</summary>
    public const string PolicyShow = "policy-show";

    /// <summary>Another policy.</summary>
    public const string PolicyApply = "policy-apply";

    /// <summary>What packaged content each product has.</summary>
    public const string ContentList = "content-list";

    /// <summary>What happened to a product's content.</summary>
    public const string ContentHistory = "content-history";

    /// <summary>One version of a product's content and no other.</summary>
    public const string ContentPin = "content-pin";

    /// <summary>What is published again.</summary>
    public const string ContentUnpin = "content-unpin";

    /// <summary>The last known good content.</summary>
    public const string ContentRollback = "content-rollback";

    /// <summary>A version that failed may be installed again.</summary>
    public const string ContentAllow = "content-allow";

    /// <summary>A bundle, piece by piece: a repository in one archive.</summary>
    public const string ContentImport = "content-import";
}
