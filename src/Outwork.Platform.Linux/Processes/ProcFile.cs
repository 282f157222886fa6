using System.Buffers.Text;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Small files of /proc/PID, read without allocation. procfs is never guarded, so this may be done while judging.</summary>
internal static unsafe class ProcFile
{
    /// <summary>Reads its beginning, as much as fits; empty when the process is gone.</summary>
    /// <param name="pid">The process or thread.</param>
    /// <param name="name">The file with its slash in front and a zero behind.</param>
    /// <param name="buffer">What it is read into.</param>
    public static ReadOnlySpan<byte> Read(int pid, ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        Span<byte> path = stackalloc byte[32];
        "/proc/"u8.CopyTo(path);
        Utf8Formatter.TryFormat(pid, path[6..], out int digits);
        name.CopyTo(path[(6 + digits)..]);
        fixed (byte* first = path, text = buffer)
        {
            int fd = Interop.open_proc(first, Interop.O_RDONLY | Interop.O_CLOEXEC);
            if (fd < 0) return default;
            nint length = Interop.read_event(fd, text, (nuint)buffer.Length);
            _ = Interop.close_event(fd);
            return buffer[..(int)Math.Max(length, 0)];
        }
    }
}
