using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// The system calls that a confined process may make: all but those of <see cref="SystemCalls"/>, which fail with EPERM. A call in
/// another architecture's numbering ends the process: its numbers mean other calls. The filter stays for good, over execve and in
/// all children (seccomp(2)).
/// </summary>
public static unsafe class SystemCallFilter
{
    // The x32 interface of x86-64 shares its architecture value and sets this bit in the number.
    private const uint X32Bit = 0x40000000;

    // CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID, NEWNET of linux/sched.h.
    private const uint NewNamespaces = 0x7e020000;
    private const uint AddressFamilyUnix = 1;
    private const uint AddressFamilyInet = 2;
    private const uint AddressFamilyInet6 = 10;
    private const uint AddressFamilyNetlink = 16;
    private const uint SocketTypeMask = 0xf;
    private const uint SocketDatagram = 2;
    private const uint SocketRaw = 3;
    private const uint SocketPacket = 10;
    private const uint PushTerminalInput = 0x5412; // TIOCSTI: typing on somebody's terminal
    private const uint LinuxConsole = 0x541c; // TIOCLINUX: pasting on the console

    private const uint SetStatusFlags = 4; // F_SETFL
    private const uint LockByDescription = 37, LockByDescriptionAndWait = 38; // F_OFD_SETLK, F_OFD_SETLKW
    private const uint SetLease = 1024; // F_SETLEASE

    private const uint Refuse = Interop.SECCOMP_RET_ERRNO | Interop.EPERM;

    private static readonly Lazy<bool> Notifies = new(TryNotify);

    /// <summary>True when the kernel has filters and this architecture is known here.</summary>
    public static bool IsSupported => IsKnownArchitecture && IsAvailable(Interop.SECCOMP_RET_ERRNO);

    /// <summary>
    /// True when a refused call can be told to a listener. Tried once, on a thread that ends: a kernel that has listeners allows one only
    /// for each process, which a container's own filter may have.
    /// </summary>
    public static bool CanNotify => Notifies.Value;

    private static bool IsKnownArchitecture =>
        RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64 && BitConverter.IsLittleEndian;

    /// <summary>
    /// Puts the filter on the calling thread, which needs no_new_privs. Returns where refused calls are told, when asked to, else null.
    /// As long as the listener is open, somebody must answer (<see cref="RefusedCallListener"/>): the caller waits.
    /// </summary>
    /// <param name="network">Whether sockets of the internet may be made, and connected.</param>
    /// <param name="notify">Whether refused calls are told to a listener; else they just fail.</param>
    /// <param name="files">Whether the listener is also asked about each call with a path, to tell of those that something else refuses.</param>
    /// <exception cref="LinuxException">The filter is not in force.</exception>
    public static SafeFileHandle? Apply(bool network, bool notify, bool files)
    {
        FilterProgram program = Build(network, Environment.ProcessId, notify ? Interop.SECCOMP_RET_USER_NOTIF : Refuse, notify && files);
        if (!notify)
        {
            return Install(program, 0) < 0 ? throw LinuxException.Last("seccomp(SET_MODE_FILTER)") : null;
        }

        // A caller that has been heard is not disturbed by signals until it is answered, from Linux 5.19: else a call that a handler
        // interrupts would begin again, or fail.
        nint listener = Install(program, Interop.SECCOMP_FILTER_FLAG_NEW_LISTENER | Interop.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
        if (listener < 0)
            listener = Install(program, Interop.SECCOMP_FILTER_FLAG_NEW_LISTENER);
        return listener < 0 ? throw LinuxException.Last("seccomp(SET_MODE_FILTER)") : new SafeFileHandle(listener, ownsHandle: true);
    }

    internal static FilterProgram Build(bool network, int self, uint refuse, bool files)
    {
        bool arm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
        var program = new FilterProgram();
        program.LoadArchitecture();
        program.ReturnUnlessEqual(arm ? Interop.AUDIT_ARCH_AARCH64 : Interop.AUDIT_ARCH_X86_64, Interop.SECCOMP_RET_KILL_PROCESS);
        program.LoadNumber();
        if (!arm)
            program.ReturnIfAtLeast(X32Bit, Interop.SECCOMP_RET_KILL_PROCESS);
        foreach (SystemCall call in SystemCalls.Refused)
        {
            if (call.Number >= 0)
                program.ReturnIfEqual((uint)call.Number, refuse);
        }

        // Its flags are in memory, where no filter can look; the C library then uses clone.
        program.ReturnIfEqual((uint)SystemCalls.Clone3.Number, Interop.SECCOMP_RET_ERRNO | Interop.ENOSYS);
        AddSharedDescriptors(program, arm, refuse);
        AddClone(program, refuse);
        AddSignals(program, self, refuse);
        AddSockets(program, network, refuse);
        AddTerminals(program, refuse);
        foreach (Attempts.FileCall file in files ? Attempts.FileCall.All : [])
        {
            if (file.Call.Number >= 0)
                program.ReturnIfEqual((uint)file.Call.Number, Interop.SECCOMP_RET_USER_NOTIF);
        }

        program.Return(Interop.SECCOMP_RET_ALLOW);
        return program;
    }

    private static bool IsAvailable(uint action) =>
        Interop.seccomp(Interop.SYS_seccomp, Interop.SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;

    private static nint Install(FilterProgram program, uint flags)
    {
        ReadOnlySpan<Interop.sock_filter> instructions = program.Instructions;
        fixed (Interop.sock_filter* first = instructions)
        {
            var described = new Interop.sock_fprog { len = (ushort)instructions.Length, filter = first };
            return Interop.seccomp(Interop.SYS_seccomp, Interop.SECCOMP_SET_MODE_FILTER, flags, &described);
        }
    }

    // A filter that lets everything pass; it is gone with its thread.
    private static bool TryNotify()
    {
        if (!IsKnownArchitecture || !IsAvailable(Interop.SECCOMP_RET_USER_NOTIF))
            return false;
        bool notifies = false;
        var thread = new Thread(
            () =>
            {
                var program = new FilterProgram();
                program.Return(Interop.SECCOMP_RET_ALLOW);
                nint listener = Interop.prctl(Interop.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                    ? Install(program, Interop.SECCOMP_FILTER_FLAG_NEW_LISTENER) : -1;
                notifies = listener >= 0;
                new SafeFileHandle(listener, ownsHandle: true).Dispose();
            },
            256 * 1024);
        thread.Start();
        thread.Join();
        return notifies;
    }

    // A product has the very open file that it and others are asked about: what belongs to that open file, and not to the process, holds for
    // the broker and the other products too, and for everybody else who locks the file. Locks of a process (F_SETLK), which databases use,
    // are allowed: they end with the descriptor. The .NET runtime tries flock with each file it opens, and goes on without.
    private static void AddSharedDescriptors(FilterProgram program, bool arm, uint refuse)
    {
        program.ReturnIfEqual((uint)SystemCalls.FileLock.Number, Interop.SECCOMP_RET_ERRNO | Interop.EOPNOTSUPP);
        program.WhenEqual((uint)SystemCalls.FileControl.Number, () =>
        {
            program.LoadArgument(1);
            program.ReturnIfEqual(LockByDescription, refuse);
            program.ReturnIfEqual(LockByDescriptionAndWait, refuse);
            program.ReturnIfEqual(SetLease, refuse);
            program.WhenEqual(SetStatusFlags, () =>
            {
                // O_DIRECT: positioned reads into buffers that are not aligned fail.
                program.LoadArgument(2);
                program.ReturnIfAnyBit(arm ? 0x10000u : 0x4000u, refuse);
                program.Return(Interop.SECCOMP_RET_ALLOW);
            });
            program.Return(Interop.SECCOMP_RET_ALLOW);
        });
    }

    private static void AddClone(FilterProgram program, uint refuse) => program.WhenEqual((uint)SystemCalls.Clone.Number, () =>
    {
        program.LoadArgument(0);
        program.ReturnIfAnyBit(NewNamespaces, refuse);
        program.Return(Interop.SECCOMP_RET_ALLOW);
    });

    // Whom it may signal the kernel decides by its user, and by Landlock; the listener decides what is told of it. The process id
    // stays the same over execve, so a signal to oneself never waits for that, and neither do signals to one's own threads (tgkill), by
    // which a runtime suspends them.
    private static void AddSignals(FilterProgram program, int self, uint refuse)
    {
        if (refuse != Interop.SECCOMP_RET_USER_NOTIF)
            return;
        foreach (SystemCall call in (ReadOnlySpan<SystemCall>)[SystemCalls.Kill, SystemCalls.ThreadKill, SystemCalls.GroupThreadKill])
        {
            program.WhenEqual((uint)call.Number, () =>
            {
                program.LoadArgument(0);
                program.ReturnIfEqual((uint)self, Interop.SECCOMP_RET_ALLOW);
                program.Return(refuse);
            });
        }
    }

    private static void AddSockets(FilterProgram program, bool network, uint refuse)
    {
        program.WhenEqual((uint)SystemCalls.Socket.Number, () =>
        {
            program.LoadArgument(0);
            program.WhenEqual(AddressFamilyUnix, () => AddLocal(program, network, refuse));
            if (network)
            {
                program.WhenEqual(AddressFamilyInet, () => AddTransport(program, refuse));
                program.WhenEqual(AddressFamilyInet6, () => AddTransport(program, refuse));

                // Which addresses this machine has (NETLINK_ROUTE): resolving a name asks for it.
                program.WhenEqual(AddressFamilyNetlink, () =>
                {
                    program.LoadArgument(2);
                    program.ReturnIfEqual(0, Interop.SECCOMP_RET_ALLOW);
                    program.Return(refuse);
                });
            }

            program.Return(refuse);
        });
        program.WhenEqual((uint)SystemCalls.SocketPair.Number, () =>
        {
            program.LoadArgument(0);
            program.WhenEqual(AddressFamilyUnix, () => AddLocal(program, network, refuse));
            program.Return(refuse);
        });

        // To other programs' Unix sockets, that is: a product's session is connected already.
        if (!network)
            program.ReturnIfEqual((uint)SystemCalls.Connect.Number, refuse);
    }

    // A datagram needs no connection: it names whom it is for, also from a pair. The kernel makes a raw Unix socket one of datagrams.
    private static void AddLocal(FilterProgram program, bool network, uint refuse)
    {
        if (!network)
        {
            program.LoadArgument(1);
            program.And(SocketTypeMask);
            program.ReturnIfEqual(SocketDatagram, refuse);
            program.ReturnIfEqual(SocketRaw, refuse);
        }

        program.Return(Interop.SECCOMP_RET_ALLOW);
    }

    private static void AddTransport(FilterProgram program, uint refuse)
    {
        program.LoadArgument(1);
        program.And(SocketTypeMask);
        program.ReturnIfEqual(SocketRaw, refuse);
        program.ReturnIfEqual(SocketPacket, refuse);
        program.Return(Interop.SECCOMP_RET_ALLOW);
    }

    private static void AddTerminals(FilterProgram program, uint refuse) => program.WhenEqual((uint)SystemCalls.Ioctl.Number, () =>
    {
        program.LoadArgument(1);
        program.ReturnIfEqual(PushTerminalInput, refuse);
        program.ReturnIfEqual(LinuxConsole, refuse);
        program.Return(Interop.SECCOMP_RET_ALLOW);
    });
}
