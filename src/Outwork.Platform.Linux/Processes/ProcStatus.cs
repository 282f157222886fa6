using System.Buffers.Text;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Single facts of proc_pid_status(5), read without allocation. procfs is never guarded, so this may be done while judging.</summary>
public static class ProcStatus
{
    /// <summary>The process's real user id now; false when it is gone.</summary>
    public static bool TryGetRealUser(int pid, out uint userId) => TryRead(pid, "\nUid:\t"u8, out userId);

    /// <summary>The process's parent now; false when it is gone.</summary>
    public static bool TryGetParent(int pid, out int parent)
    {
        bool found = TryRead(pid, "\nPPid:\t"u8, out uint value);
        parent = (int)value;
        return found;
    }

    /// <summary>The process that a thread belongs to; false when it is gone.</summary>
    public static bool TryGetProcess(int thread, out int process)
    {
        bool found = TryRead(thread, "\nTgid:\t"u8, out uint value);
        process = (int)value;
        return found;
    }

    /// <summary>True while it stands still by a signal (SIGSTOP) or a debugger: state T or t of proc_pid_stat(5). False when it is gone.</summary>
    public static bool IsStopped(int pid)
    {
        // Number, a name of at most 16 bytes in parentheses, the state.
        Span<byte> text = stackalloc byte[64];
        ReadOnlySpan<byte> stat = ProcFile.Read(pid, "/stat\0"u8, text);
        int name = stat.LastIndexOf(") "u8);
        return name >= 0 && name + 2 < stat.Length && stat[name + 2] is (byte)'T' or (byte)'t';
    }

    private static bool TryRead(int pid, ReadOnlySpan<byte> field, out uint value)
    {
        value = 0;
        Span<byte> text = stackalloc byte[1024];
        ReadOnlySpan<byte> status = ProcFile.Read(pid, "/status\0"u8, text);
        int at = status.IndexOf(field);
        return at >= 0 && Utf8Parser.TryParse(status[(at + field.Length)..], out value, out _);
    }
}
