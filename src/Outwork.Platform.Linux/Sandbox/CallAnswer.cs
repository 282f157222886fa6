namespace Outwork.Platform.Linux.Sandbox;

/// <summary>What <see cref="RefusedCallListener.Answer"/> did.</summary>
public enum CallAnswer
{
    /// <summary>No call waited.</summary>
    None,

    /// <summary>The call went on; nothing to tell.</summary>
    Passed,

    /// <summary>The call was refused, or goes on and will be refused by something else.</summary>
    Refused,

    /// <summary>Nobody is left under the filter.</summary>
    Ended,
}
