using System.Globalization;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Children of this process that it did not start: what its children left behind (see <see cref="CurrentProcess.AdoptOrphans"/>).</summary>
public static unsafe class OrphanProcesses
{
    /// <summary>Ends and reaps them; returns how many there were. Reads /proc only.</summary>
    /// <param name="isOwn">True for the children that the caller started.</param>
    public static int End(Func<int, bool> isOwn)
    {
        ArgumentNullException.ThrowIfNull(isOwn);
        int ended = 0;

        // A process that forks as fast as it is ended cannot keep this up: what it leaves is a child of ours again.
        for (int round = 0; round < 100; round++)
        {
            int before = ended;
            foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
            {
                foreach (string text in File.ReadAllText(Path.Join(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    int pid = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
                    if (!isOwn(pid) && End(pid))
                        ended++;
                }
            }

            if (ended == before)
                break;
        }

        return ended;
    }

    private static bool End(int pid)
    {
        // A child that is not waited for keeps its number, so the number is the process.
        using Microsoft.Win32.SafeHandles.SafeFileHandle handle = Interop.pidfd_open(pid, 0);
        if (handle.IsInvalid)
            return false;
        _ = Interop.pidfd_send_signal(handle, Interop.SIGKILL, null, 0);
        Interop.siginfo_t info;
        return Interop.waitid(Interop.P_PIDFD, (int)handle.DangerousGetHandle(), &info, Interop.WEXITED) == 0;
    }
}
