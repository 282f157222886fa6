using System.Globalization;
using System.Net;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>What a refused call without files reached for, for people.</summary>
internal static unsafe class CallTargets
{
    private const int Family = 2;
    private const int LongestAddress = 110;

    // The C library asks its name cache before it reads a file of names, in the course of harmless calls.
    private static readonly string[] NameCache = ["/var/run/nscd/socket", "/run/nscd/socket"];

    /// <summary>Empty when there is nothing to say; null when the call is one that a runtime makes without its program's doing.</summary>
    public static string? Describe(string name, in Interop.seccomp_data call, int thread) => name switch
    {
        "kill" or "tkill" or "tgkill" or "process_vm_readv" or "process_vm_writev" or "rt_sigqueueinfo" or "rt_tgsigqueueinfo" => Process(call.args[0]),
        "ptrace" => Process(call.args[1]),
        "mount" or "move_mount" => Path(call.args[1], thread),
        "umount2" or "chroot" or "swapon" or "swapoff" or "acct" => Path(call.args[0], thread),
        "socket" => Socket((uint)call.args[0], (uint)call.args[1]),
        "connect" => Address(call.args[1], (uint)call.args[2], thread),
        _ => "",
    };

    private static string Process(ulong id) => string.Create(CultureInfo.InvariantCulture, $"process {(int)id}");

    private static string Path(ulong address, int thread) => CallerMemory.ReadPath(thread, address) is { } path ? BytePath.ToText(path) : "";

    // sys/socket.h: the families and types that programs use; numbers for the others.
    private static string Socket(uint family, uint type)
    {
        string named = family switch { 2 => "IPv4", 10 => "IPv6", 16 => "netlink", 17 => "packet", _ => $"family {family}" };
        string kind = (type & 0xf) switch { 1 => "stream", 2 => "datagram", 3 => "raw", 5 => "sequenced packets", 10 => "packet", var other => $"type {other}" };
        return $"{named} {kind}";
    }

    private static string? Address(ulong address, uint length, int thread)
    {
        byte* bytes = stackalloc byte[LongestAddress];
        int count = (int)Math.Min(length, LongestAddress);
        if (count < Family || !CallerMemory.TryRead(thread, address, bytes, count))
            return "";
        var read = new ReadOnlySpan<byte>(bytes, count);
        ushort family = *(ushort*)bytes;
        if (family == 1)
            return Unix(read[Family..]);
        if (family == 2 && count >= 8)
            return new IPEndPoint(new IPAddress(read.Slice(4, 4)), (read[2] << 8) | read[3]).ToString();
        return family == 10 && count >= 24
            ? new IPEndPoint(new IPAddress(read.Slice(8, 16)), (read[2] << 8) | read[3]).ToString()
            : string.Create(CultureInfo.InvariantCulture, $"family {family}");
    }

    private static string? Unix(ReadOnlySpan<byte> name)
    {
        // An abstract name begins with a zero.
        if (name.Length > 1 && name[0] == 0)
            return "@" + BytePath.ToText(BytePath.FromBytes(name[1..]));
        int end = name.IndexOf((byte)0);
        string path = BytePath.FromBytes(end < 0 ? name : name[..end]);
        return NameCache.Contains(path) ? null : BytePath.ToText(path);
    }
}
