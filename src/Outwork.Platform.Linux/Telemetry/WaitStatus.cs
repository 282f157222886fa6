namespace Outwork.Platform.Linux.Telemetry;

/// <summary>The kernel's exit code, as wait4() gives it.</summary>
internal static class WaitStatus
{
    /// <summary>The exit code, or 128 + signal number when a signal ended the process (as shells show it).</summary>
    public static int ToExitCode(int status) => (status & 0x7f) == 0 ? (status >> 8) & 0xff : 128 + (status & 0x7f);
}
