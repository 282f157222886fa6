namespace Outwork.Trial;

/// <summary>Who asks, in the questions of a trial: the programs of this machine in turn, so that no single one tells a trial from what is in force.</summary>
/// <param name="programs">Their paths.</param>
internal sealed class TrialAsker(IReadOnlyList<string> programs)
{
    private const int FirstPid = 300;
    private const int Pids = 32_000;

    // Without a common divisor: all of them come before one comes again.
    private const int Step = 7_919;

    private int _asked;

    /// <summary>The next.</summary>
    public (string Executable, int Pid) Next()
    {
        _asked = (_asked + 1) % (Pids * Math.Max(1, programs.Count));
        return (programs.Count == 0 ? "" : programs[_asked % programs.Count], FirstPid + (int)((long)_asked * Step % Pids));
    }
}
