using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>Standard output or error as the descriptor that it is.</summary>
public sealed unsafe class StandardStream
{
    private readonly SafeFileHandle _handle;

    private StandardStream(int number) => _handle = new SafeFileHandle(number, ownsHandle: false);

    /// <summary>Standard output.</summary>
    public static StandardStream Output { get; } = new(1);

    /// <summary>Standard error.</summary>
    public static StandardStream Error { get; } = new(2);

    /// <summary>For handing on to a child.</summary>
    public SafeHandle Handle => _handle;

    /// <summary>Appends the bytes in one write(2); false when they could not all be written.</summary>
    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
        {
            return Interop.write(_handle, first, (nuint)bytes.Length) == bytes.Length;
        }
    }
}
