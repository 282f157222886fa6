namespace Outwork.Trial;

/// <summary>Exit codes of outwork-trial.</summary>
internal static class TrialExit
{
    /// <summary>There was a result, or nobody to tell it.</summary>
    public const int Done = 0;

    /// <summary>It was not started by the warden.</summary>
    public const int Usage = 2;

    /// <summary>It stood still.</summary>
    public const int Stalled = 3;
}
