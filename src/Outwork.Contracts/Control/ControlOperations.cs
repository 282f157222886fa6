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
}
