using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Processes;

/// <summary>All processes of a user that belongs to one of ours alone (<see cref="DynamicUsers"/>).</summary>
public static class UserProcesses
{
    private const int Everybody = -1;

    /// <summary>
    /// Becomes the user, for good, and kills whatever it may but itself: just the user's. The kernel does that in one go, in which nobody
    /// can fork (kill(2), -1). For a process that does nothing else.
    /// </summary>
    /// <exception cref="LinuxException">It cannot become the user.</exception>
    public static void EndAllOf(uint user)
    {
        if (user == 0)
            throw new ArgumentException("Root's processes are everybody's.", nameof(user));

        // Bound while root, who may open the library.
        _ = Interop.kill(Environment.ProcessId, 0);
        if (Interop.setresgid(user, user, user) != 0 || Interop.setresuid(user, user, user) != 0)
            throw new LinuxException("setresuid", Marshal.GetLastPInvokeError());
        int result = Interop.kill(Everybody, Interop.SIGKILL);
        int error = Marshal.GetLastPInvokeError();
        if (result != 0 && error is not (Interop.ESRCH or Interop.EPERM))
            throw new LinuxException("kill", error);
    }
}
