namespace Outwork.Warden;

/// <summary>Exit codes of outwork-warden.</summary>
internal static class ExitCode
{
    public const int Success = 0;
    public const int Failure = 1;
    public const int Usage = 2;
    public const int NeedsRoot = 3;
    public const int GaveUp = 4;
    public const int AlreadyRuns = 5;

    /// <summary>Something was lost without which it cannot go on; a new warden can.</summary>
    public const int LostResource = 6;

    /// <summary>The launcher could not confine or start the program (as a shell's 126).</summary>
    public const int NotStarted = 126;
}
