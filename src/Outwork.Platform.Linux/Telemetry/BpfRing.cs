using System.Runtime.CompilerServices;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// The reader's side of a BPF ring buffer, mapped: one page that we write (how far we have read), one that the kernel
/// writes (how far it has written), and the data, mapped twice in a row so that no record wraps. One reader thread.
/// Source: kernel/bpf/ringbuf.c.
/// </summary>
internal sealed unsafe class BpfRing : IDisposable
{
    private const uint Busy = 1u << 31;
    private const uint Discarded = 1u << 30;
    private const int HeaderBytes = 8;

    private readonly ulong _mask;
    private readonly nuint _producerBytes;
    private readonly nuint _consumerBytes;
    private nint _consumer;
    private nint _producer;

    /// <summary>Maps the ring.</summary>
    /// <param name="fd">The map's descriptor; only used during the call.</param>
    /// <param name="size">The ring's size in bytes, a power of two.</param>
    /// <exception cref="LinuxException">The ring cannot be mapped.</exception>
    public BpfRing(int fd, uint size)
    {
        int page = Environment.SystemPageSize;
        _mask = size - 1;
        _consumerBytes = (nuint)page;
        _producerBytes = (nuint)page + (2 * (nuint)size);
        _consumer = Map(_consumerBytes, Interop.PROT_READ | Interop.PROT_WRITE, fd, 0);
        try
        {
            _producer = Map(_producerBytes, Interop.PROT_READ, fd, page);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Bytes written and not yet read.</summary>
    public ulong Unread => Volatile.Read(ref *(ulong*)_producer) - *(ulong*)_consumer;

    /// <summary>The next record, in the ring itself; valid until <see cref="Release"/>. False when there is none.</summary>
    public bool TryPeek(out ReadOnlySpan<byte> record, out ulong next)
    {
        ulong position = *(ulong*)_consumer;
        byte* data = (byte*)_producer + Environment.SystemPageSize;
        while (position < Volatile.Read(ref *(ulong*)_producer))
        {
            byte* at = data + (position & _mask);
            uint header = Volatile.Read(ref *(uint*)at);
            if ((header & Busy) != 0)
                break;
            uint length = header & ~(Busy | Discarded);
            next = position + ((length + HeaderBytes + 7u) & ~7u);
            if ((header & Discarded) == 0)
            {
                record = new ReadOnlySpan<byte>(at + HeaderBytes, (int)length);
                return true;
            }
            position = next;
            Release(next);
        }
        record = default;
        next = position;
        return false;
    }

    /// <summary>Gives the space up to <paramref name="next"/> back to the kernel.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(ulong next) => Volatile.Write(ref *(ulong*)_consumer, next);

    public void Dispose()
    {
        Unmap(ref _consumer, _consumerBytes);
        Unmap(ref _producer, _producerBytes);
    }

    private static nint Map(nuint length, int protection, int fd, long offset)
    {
        nint address = Interop.mmap(0, length, protection, Interop.MAP_SHARED, fd, (nint)offset);
        return address != -1 ? address : throw new LinuxException("mmap", System.Runtime.InteropServices.Marshal.GetLastPInvokeError());
    }

    private static void Unmap(ref nint address, nuint length)
    {
        if (address != 0)
            _ = Interop.munmap(address, length);
        address = 0;
    }
}
