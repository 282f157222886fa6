using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Puts another program in place of this process: same process id, same descriptors below a number.</summary>
public static unsafe class ProgramReplacement
{
    /// <summary>Does not return when it succeeds; returns why it did not.</summary>
    /// <param name="program">Absolute path.</param>
    /// <param name="arguments">Arguments after the program's name.</param>
    /// <param name="environment">The whole environment, each NAME=VALUE.</param>
    /// <param name="firstClosed">Descriptors from this number on are closed.</param>
    public static string Execute(string program, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, int firstClosed)
    {
        if (Interop.close_range((uint)firstClosed, uint.MaxValue, Interop.CLOSE_RANGE_CLOEXEC) != 0)
            throw new LinuxException("close_range", Marshal.GetLastPInvokeError());

        // The runtime ignores SIGPIPE, and an ignored signal stays ignored across execve; caught ones fall back by themselves.
        if (Interop.signal(Interop.SIGPIPE, Interop.SIG_DFL) == Interop.SIG_ERR)
            throw new LinuxException("signal", Marshal.GetLastPInvokeError());
        Interop.sigset_t none;
        _ = Interop.sigemptyset(&none);
        _ = Interop.pthread_sigmask(Interop.SIG_SETMASK, &none, null);

        using var argv = new NativeStringArray([program, .. arguments]);
        using var envp = new NativeStringArray(environment);
        _ = Interop.execve(argv.Pointer[0], argv.Pointer, envp.Pointer);
        int error = Marshal.GetLastPInvokeError();
        return $"{program}: {Marshal.GetPInvokeErrorMessage(error)}";
    }
}
