using System.Runtime.InteropServices;

namespace Outwork.Products.ExecGuard.Scanning;

/// <summary>
/// Memory outside the garbage-collected heap that files are read into. The memory goes back to the system when a large
/// buffer is disposed, not at some later collection.
/// </summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    /// <summary>
    /// The C library maps and unmaps allocations above 32 MiB directly, always (mallopt(3), M_MMAP_THRESHOLD: the limit of the
    /// threshold that otherwise adapts, so that freed memory is kept for reuse). Pages never touched cost nothing.
    /// </summary>
    private const int AlwaysUnmapped = 33 << 20;

    private NativeBuffer(int length, int allocated)
        : base(invalidHandleValue: 0, ownsHandle: true)
    {
        Length = length;
        SetHandle((nint)NativeMemory.Alloc((nuint)allocated));
    }

    public override bool IsInvalid => handle == 0;

    public int Length { get; }

    /// <summary>The whole buffer, not cleared. Valid until Dispose.</summary>
    public Span<byte> Span => new((void*)handle, Length);

    /// <summary>A buffer that is kept and used again.</summary>
    public static NativeBuffer Kept(int length) => new(length, length);

    /// <summary>A buffer for one use, whose memory is given back to the system at once when it is disposed.</summary>
    public static NativeBuffer Once(int length) => new(length, Math.Max(length, AlwaysUnmapped));

    protected override bool ReleaseHandle()
    {
        NativeMemory.Free((void*)handle);
        return true;
    }
}
