namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// The system calls that a confined process is refused, always or depending on what it passes; those with paths are in
/// <see cref="Attempts.FileCall"/>.
/// </summary>
internal static class SystemCalls
{
    public static readonly SystemCall Clone = new("clone", 56, 220);
    public static readonly SystemCall Clone3 = new("clone3", 435, 435);
    public static readonly SystemCall Kill = new("kill", 62, 129);
    public static readonly SystemCall ThreadKill = new("tkill", 200, 130);
    public static readonly SystemCall GroupThreadKill = new("tgkill", 234, 131);
    public static readonly SystemCall Socket = new("socket", 41, 198);
    public static readonly SystemCall SocketPair = new("socketpair", 53, 199);
    public static readonly SystemCall Connect = new("connect", 42, 203);
    public static readonly SystemCall FileControl = new("fcntl", 72, 25);
    public static readonly SystemCall FileLock = new("flock", 73, 32);
    public static readonly SystemCall Ioctl = new("ioctl", 16, 29);

    /// <summary>Refused whatever is passed.</summary>
    public static readonly SystemCall[] Refused =
    [
        // Other processes: their memory, their descriptors, signals that carry data or go by descriptor.
        new("ptrace", 101, 117), new("process_vm_readv", 310, 270), new("process_vm_writev", 311, 271),
        new("process_madvise", 440, 440), new("kcmp", 312, 272), new("pidfd_getfd", 438, 438),
        new("rt_sigqueueinfo", 129, 138), new("rt_tgsigqueueinfo", 297, 240), new("pidfd_send_signal", 424, 424),

        // What is mounted where, and namespaces.
        new("mount", 165, 40), new("umount2", 166, 39), new("pivot_root", 155, 41), new("chroot", 161, 51),
        new("move_mount", 429, 429), new("open_tree", 428, 428), new("fsopen", 430, 430), new("fsconfig", 431, 431),
        new("fsmount", 432, 432), new("fspick", 433, 433), new("mount_setattr", 442, 442),
        new("unshare", 272, 97), new("setns", 308, 268),

        // Large, young or powerful parts of the kernel that no product needs.
        new("bpf", 321, 280), new("perf_event_open", 298, 241), new("userfaultfd", 323, 282),
        new("io_uring_setup", 425, 425), new("io_uring_enter", 426, 426), new("io_uring_register", 427, 427),
        new("fanotify_init", 300, 262), new("open_by_handle_at", 304, 265),
        new("add_key", 248, 217), new("request_key", 249, 218), new("keyctl", 250, 219),

        // The machine itself.
        new("kexec_load", 246, 104), new("kexec_file_load", 320, 294), new("init_module", 175, 105),
        new("finit_module", 313, 273), new("delete_module", 176, 106), new("reboot", 169, 142),
        new("swapon", 167, 224), new("swapoff", 168, 225), new("acct", 163, 89), new("quotactl", 179, 60),
        new("quotactl_fd", 443, 443), new("settimeofday", 164, 170), new("clock_settime", 227, 112),
        new("adjtimex", 159, 171), new("clock_adjtime", 305, 266), new("sethostname", 170, 161),
        new("setdomainname", 171, 162), new("syslog", 103, 116), new("vhangup", 153, 58),

        // Ways to run under other rules than those tested, or kept for programs of another century.
        new("personality", 135, 92), new("migrate_pages", 256, 238), new("move_pages", 279, 239),
        new("iopl", 172, -1), new("ioperm", 173, -1), new("modify_ldt", 154, -1), new("uselib", 134, -1),
        new("lookup_dcookie", 212, 18), new("nfsservctl", 180, 42),
    ];

    /// <summary>Its name, for a report; the number for one that is not listed here.</summary>
    public static string NameOf(int number)
    {
        foreach (SystemCall call in Named)
        {
            if (call.Number == number)
                return call.Name;
        }

        return $"system call {number}";
    }

    // After what it is made of.
    private static readonly SystemCall[] Named =
    [
        .. Refused, Clone, Kill, ThreadKill, GroupThreadKill, Socket, SocketPair, Connect, FileControl, FileLock, Ioctl, .. Attempts.FileCall.All.Select(static call => call.Call),
    ];
}
