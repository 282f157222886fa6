using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Standard output and error as the descriptors that they are.</summary>
public static unsafe class StandardStreams
{
    /// <summary>Standard output.</summary>
    public static SafeHandle Output { get; } = new SafeFileHandle(1, ownsHandle: false);

    /// <summary>Standard error.</summary>
    public static SafeHandle Error { get; } = new SafeFileHandle(2, ownsHandle: false);

    /// <summary>Appends the bytes in one write(2); false when they could not all be written.</summary>
    public static bool TryWrite(SafeHandle stream, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            return Interop.write(stream, first, (nuint)bytes.Length) == bytes.Length;
        }
    }
}
