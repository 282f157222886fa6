using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.Processes;

/// <summary>The system call in which a process waits, from proc_pid_syscall(5), read without allocation. procfs is never guarded, so this may be done while judging.</summary>
public static class ProcSystemCall
{
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>
    /// True when the process's first thread waits in a call that executes a file or opens one for reading only; false in any other, one whose
    /// arguments cannot be seen, or when another thread is the one that waits.
    /// </summary>
    public static bool IsReading(int pid)
    {
        Span<byte> text = stackalloc byte[256];
        return IsReading(ProcFile.Read(pid, "/syscall\0"u8, text), IsArm);
    }

    // "NUMBER 0xARGUMENT 0xARGUMENT ...", or a word.
    internal static bool IsReading(ReadOnlySpan<byte> line, bool isArm)
    {
        if (!Utf8Parser.TryParse(line, out int number, out int used)) return false;
        int flagsAt = (number, isArm) switch
        {
            (59 or 322, false) or (221 or 281, true) => -1, // execve, execveat
            (2, false) => 1, // open
            (257, false) or (56, true) => 2, // openat
            _ => -2,
        };
        if (flagsAt < 0) return flagsAt == -1;
        line = line[used..];
        for (int i = 0; i <= flagsAt; i++)
        {
            int next = line.IndexOf(" 0x"u8);
            if (next < 0) return false;
            line = line[(next + 3)..];
        }

        const ulong accessMode = 3; // O_ACCMODE; 0 is O_RDONLY
        return Utf8Parser.TryParse(line, out ulong flags, out _, 'x') && (flags & accessMode) == 0;
    }
}
