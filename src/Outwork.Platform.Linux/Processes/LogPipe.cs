using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>A pipe for what a child says; its reader never waits (pipe(7)).</summary>
/// <param name="Reader">Ours.</param>
/// <param name="Writer">The child's: blocking, because programs expect that of their standard error.</param>
public sealed unsafe record LogPipe(SafeFileHandle Reader, SafeFileHandle Writer)
{
    /// <summary>Makes one.</summary>
    public static LogPipe Create()
    {
        int* ends = stackalloc int[2];
        if (Interop.pipe2(ends, Interop.O_CLOEXEC) != 0)
            throw LinuxException.Last("pipe2");
        var pipe = new LogPipe(new SafeFileHandle(ends[0], ownsHandle: true), new SafeFileHandle(ends[1], ownsHandle: true));
        return Interop.fcntl(pipe.Reader, Interop.F_SETFL, Interop.O_NONBLOCK) == 0 ? pipe : throw LinuxException.Last("fcntl(F_SETFL)");
    }

    /// <summary>Reads what is there; 0 when nothing is.</summary>
    /// <param name="reader">The reading end.</param>
    /// <param name="buffer">Where it goes.</param>
    /// <param name="ended">Whether nobody is left to write.</param>
    public static int Read(SafeFileHandle reader, Span<byte> buffer, out bool ended)
    {
        fixed (byte* first = buffer)
        {
            nint count = Interop.read_log(reader, first, (nuint)buffer.Length);
            ended = count == 0;
            return (int)Math.Max(count, 0);
        }
    }
}
