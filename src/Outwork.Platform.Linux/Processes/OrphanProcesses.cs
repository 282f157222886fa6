using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Children of this process that it did not start: what its children left behind (see <see cref="CurrentProcess.AdoptOrphans"/>).</summary>
public static unsafe class OrphanProcesses
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(2);

    /// <summary>
    /// Kills them all and reaps those that end within a second; returns how many were reaped. One that the kernel does not let
    /// end yet is left to the next call. Reads /proc only.
    /// </summary>
    /// <param name="isOwn">True for the children that the caller started.</param>
    public static int End(Func<int, bool> isOwn)
    {
        ArgumentNullException.ThrowIfNull(isOwn);
        var poll = new DescriptorPoll();
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        int ended = 0;

        // What an orphan leaves is a child of ours in the next round, and one that forks as fast as it is killed ends at the deadline.
        while (Find(isOwn) is { Count: > 0 } orphans)
        {
            foreach (int pid in orphans)
                Kill(pid);
            int before = ended;
            foreach (int pid in orphans)
            {
                if (TryReap(pid))
                    ended++;
            }

            if (Environment.TickCount64 >= deadline)
                break;
            if (ended == before)
                poll.Wait(Pause);
        }

        return ended;
    }

    /// <summary>
    /// Gives them time to end by themselves, reaps those that do, and then ends the rest as <see cref="End"/> does. Returns how many did not
    /// end by themselves.
    /// </summary>
    /// <param name="patience">How long they have.</param>
    /// <param name="isOwn">True for the children that are not orphans.</param>
    public static int EndAfter(TimeSpan patience, Func<int, bool> isOwn)
    {
        ArgumentNullException.ThrowIfNull(isOwn);
        var poll = new DescriptorPoll();
        long deadline = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (Find(isOwn) is { Count: > 0 } orphans)
        {
            foreach (int pid in orphans)
                _ = TryReap(pid);
            if (Environment.TickCount64 >= deadline)
                return End(isOwn);
            poll.Wait(Pause * 5);
        }

        return 0;
    }

    /// <summary>The children of this process at this moment, those that have ended and were not waited for too.</summary>
    public static IReadOnlyCollection<int> Children() => Find(static _ => false);

    private static List<int> Find(Func<int, bool> isOwn)
    {
        var found = new List<int>();
        foreach (string task in Directory.EnumerateDirectories("/proc/self/task"))
        {
            try
            {
                foreach (string text in File.ReadAllText(Path.Join(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries))
                {
                    int pid = int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
                    if (!isOwn(pid))
                        found.Add(pid);
                }
            }
            catch (IOException)
            {
                // The thread ended between the listing and the look; its children are another thread's now.
            }
        }

        return found;
    }

    // A child that is not waited for keeps its number, so the number is the process.
    private static void Kill(int pid)
    {
        using SafeFileHandle handle = Interop.pidfd_open(pid, 0);
        if (!handle.IsInvalid)
            _ = Interop.pidfd_send_signal(handle, Interop.SIGKILL, null, 0);
    }

    private static bool TryReap(int pid)
    {
        using SafeFileHandle handle = Interop.pidfd_open(pid, 0);
        Interop.siginfo_t info = default;
        return !handle.IsInvalid
            && Interop.waitid(Interop.P_PIDFD, (int)handle.DangerousGetHandle(), &info, Interop.WEXITED | Interop.WNOHANG) == 0
            && info.si_pid != 0;
    }
}
