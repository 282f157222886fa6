using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Products;

namespace Outwork.Platform.Linux.Processes;

/// <summary>What the running process is and may.</summary>
public static class CurrentProcess
{
    /// <summary>True when it runs as user 0.</summary>
    public static bool IsRoot => Interop.geteuid() == 0;

    /// <summary>Where its runtime is installed: the folder that holds <c>shared/</c>.</summary>
    public static string RuntimeDirectory { get; } =
        Path.GetFullPath(Path.Join(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", ".."));

    /// <summary>What a product of this machine, or of this container, gets by asking.</summary>
    public static MachineShare ProductShare => MachineShare.Of(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Environment.ProcessorCount);

    /// <summary>Opens the process itself, to tell others who it is.</summary>
    public static SafeFileHandle OpenSelf()
    {
        SafeFileHandle self = Interop.pidfd_open(Environment.ProcessId, 0);
        return self.IsInvalid ? throw new LinuxException("pidfd_open", Marshal.GetLastPInvokeError()) : self;
    }

    /// <summary>Opens the parent, if it still is the process of this number; null when that has ended.</summary>
    public static SafeFileHandle? OpenParent(int pid)
    {
        SafeFileHandle parent = Interop.pidfd_open(pid, 0);
        // Looked at after it was opened: a number that was given to another process is not our parent's.
        if (!parent.IsInvalid && Interop.getppid() == pid)
            return parent;
        parent.Dispose();
        return null;
    }

    /// <summary>Files and folders that it makes from now on have none of these permissions (umask(2)); its children inherit that.</summary>
    public static void SetCreationMask(UnixFileMode without) => _ = Interop.umask((uint)without);

    /// <summary>
    /// Makes the descendants that outlive their parents children of this process, so that it can end them, instead of the
    /// system's first process.
    /// </summary>
    public static void AdoptOrphans()
    {
        if (Interop.prctl(Interop.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
            throw new LinuxException("prctl(PR_SET_CHILD_SUBREAPER)", Marshal.GetLastPInvokeError());
    }

    /// <summary>
    /// Time since it was started, by the clock that does not stop in suspend. A program that replaced itself keeps its start.
    /// Resolution 10 ms (clock ticks of /proc/PID/stat).
    /// </summary>
    public static TimeSpan Age()
    {
        // The name, in parentheses, may hold spaces; the start is the 20th field after it.
        string stat = File.ReadAllText("/proc/self/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        long startTicks = long.Parse(fields[19], System.Globalization.CultureInfo.InvariantCulture);
        return TimeSpan.FromMilliseconds((Telemetry.BootClock.NowNs() / 1e6) - (startTicks * 10.0));
    }
}
