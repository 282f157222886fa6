using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Processes;

namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// Starts processes with posix_spawn(3) (glibc: one clone with CLONE_VFORK, no copy of the parent) and holds them by pidfd.
/// The child has a session of its own, so that a terminal's Ctrl-C reaches only the foreground process, and default signal
/// dispositions: the runtime ignores SIGPIPE, which would otherwise be inherited.
/// </summary>
public sealed unsafe class LinuxProcessLauncher : IProcessLauncher
{
    /// <summary>Descriptors are first moved here, out of the way of the numbers that the child gets.</summary>
    private const int StagingNumber = 64;

    // Opened before anything is guarded: a launcher starts processes while files are judged.
    private readonly SafeFileHandle _nullDevice = OpenNullDevice();

    /// <inheritdoc/>
    public LaunchResult Start(ProcessSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var staged = new SafeFileHandle?[StagingNumber];
        try
        {
            foreach (InheritedDescriptor descriptor in spec.Descriptors)
                staged[descriptor.Number] = Stage(descriptor.Handle);
            staged[0] ??= Stage(_nullDevice);
            return Spawn(spec, staged);
        }
        finally
        {
            foreach (SafeFileHandle? handle in staged)
                handle?.Dispose();
        }
    }

    private static SafeFileHandle Stage(SafeHandle handle)
    {
        SafeFileHandle copy = Interop.fcntl_dupfd(handle, Interop.F_DUPFD_CLOEXEC, StagingNumber);
        return copy.IsInvalid ? throw new LinuxException("fcntl(F_DUPFD_CLOEXEC)", Marshal.GetLastPInvokeError()) : copy;
    }

    private static SafeFileHandle OpenNullDevice()
    {
        SafeFileHandle device = Interop.open("/dev/null", Interop.O_RDWR | Interop.O_CLOEXEC, 0);
        return device.IsInvalid ? throw new LinuxException("open(/dev/null)", Marshal.GetLastPInvokeError()) : device;
    }

    private static LaunchResult Spawn(ProcessSpec spec, SafeFileHandle?[] staged)
    {
        Interop.posix_spawn_file_actions_t actions;
        Interop.posix_spawnattr_t attributes;
        Check("posix_spawn_file_actions_init", Interop.posix_spawn_file_actions_init(&actions));
        Check("posix_spawnattr_init", Interop.posix_spawnattr_init(&attributes));
        try
        {
            AddDescriptors(&actions, staged);
            SetAttributes(&attributes);
            int error = Spawn(spec, &actions, &attributes, out int pid);
            if (error != 0)
                return new LaunchResult(null, $"{spec.Program}: {Marshal.GetPInvokeErrorMessage(error)}");

            // The child is ours and not waited for, so the number cannot have been reused.
            SafeFileHandle pidfd = Interop.pidfd_open(pid, 0);
            if (pidfd.IsInvalid)
                throw new LinuxException("pidfd_open", Marshal.GetLastPInvokeError());
            return new LaunchResult(new LinuxProcess(pid, pidfd), null);
        }
        finally
        {
            _ = Interop.posix_spawn_file_actions_destroy(&actions);
            _ = Interop.posix_spawnattr_destroy(&attributes);
        }
    }

    private static int Spawn(
        ProcessSpec spec, Interop.posix_spawn_file_actions_t* actions, Interop.posix_spawnattr_t* attributes, out int pid)
    {
        var environment = new string[spec.Environment.Count];
        for (int i = 0; i < environment.Length; i++)
            environment[i] = $"{spec.Environment[i].Key}={spec.Environment[i].Value}";

        using var argv = new NativeStringArray([spec.Program, .. spec.Arguments]);
        using var envp = new NativeStringArray(environment);
        fixed (int* started = &pid)
        {
            return Interop.posix_spawn(started, argv.Pointer[0], actions, attributes, argv.Pointer, envp.Pointer);
        }
    }

    private static void AddDescriptors(Interop.posix_spawn_file_actions_t* actions, SafeFileHandle?[] staged)
    {
        int last = 2;
        for (int number = 0; number < staged.Length; number++)
        {
            if (staged[number] is { } handle)
            {
                Check("adddup2", Interop.posix_spawn_file_actions_adddup2(actions, (int)handle.DangerousGetHandle(), number));
                last = Math.Max(last, number);
            }
        }

        for (int number = 3; number < last; number++)
        {
            if (staged[number] is null)
                Check("addclose", Interop.posix_spawn_file_actions_addclose(actions, number));
        }

        Check("addclosefrom_np", Interop.posix_spawn_file_actions_addclosefrom_np(actions, last + 1));
    }

    private static void SetAttributes(Interop.posix_spawnattr_t* attributes)
    {
        Interop.sigset_t all;
        Interop.sigset_t none;
        _ = Interop.sigfillset(&all);
        _ = Interop.sigemptyset(&none);
        Check("setsigdefault", Interop.posix_spawnattr_setsigdefault(attributes, &all));
        Check("setsigmask", Interop.posix_spawnattr_setsigmask(attributes, &none));
        const short flags = Interop.POSIX_SPAWN_SETSID | Interop.POSIX_SPAWN_SETSIGDEF | Interop.POSIX_SPAWN_SETSIGMASK;
        Check("setflags", Interop.posix_spawnattr_setflags(attributes, flags));
    }

    private static void Check(string call, int error)
    {
        if (error != 0)
            throw new LinuxException(call, error);
    }
}
