using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Wire;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>One mapped region of a session: a control page and a ring. Owns the mapping, not the descriptor.</summary>
internal sealed unsafe class SharedRegion : SafeHandleZeroOrMinusOneIsInvalid
{
    private readonly nuint _length;

    private SharedRegion(nint address, nuint length)
        : base(ownsHandle: true)
    {
        _length = length;
        SetHandle(address);
    }

    public byte* Address => (byte*)handle;

    public byte* Ring => Address + RingLayout.ControlLength;

    /// <summary>
    /// Makes a memory file of the region's size, mapped for writing here, with its size fixed. After
    /// <see cref="Seal"/> with FUTURE_WRITE nobody else can ever map it for writing.
    /// </summary>
    public static SafeFileHandle Create(string name, int capacity)
    {
        SafeFileHandle file = Interop.memfd_create(name, Interop.MFD_CLOEXEC | Interop.MFD_ALLOW_SEALING | Interop.MFD_NOEXEC_SEAL);
        if (file.IsInvalid && Marshal.GetLastPInvokeError() == Interop.EINVAL)
        {
            // Before Linux 6.3 there is no NOEXEC_SEAL.
            file.Dispose();
            file = Interop.memfd_create(name, Interop.MFD_CLOEXEC | Interop.MFD_ALLOW_SEALING);
        }

        if (file.IsInvalid)
            throw Failed("memfd_create", file);
        if (Interop.ftruncate(file, RingLayout.ControlLength + capacity) != 0)
            throw Failed("ftruncate", file);
        return file;
    }

    public static void Seal(SafeFileHandle file, int seals)
    {
        if (Interop.fcntl(file, Interop.F_ADD_SEALS, seals | Interop.F_SEAL_SEAL | Interop.F_SEAL_SHRINK | Interop.F_SEAL_GROW) != 0)
            throw LinuxException.Last("fcntl(F_ADD_SEALS)");
    }

    /// <summary>Maps a region, with its pages present, so that no verdict waits for a page fault.</summary>
    public static SharedRegion Map(SafeFileHandle file, int capacity, bool writable)
    {
        nuint length = (nuint)(RingLayout.ControlLength + capacity);
        int protection = writable ? Interop.PROT_READ | Interop.PROT_WRITE : Interop.PROT_READ;
        nint address = Interop.mmap(0, length, protection, Interop.MAP_SHARED | Interop.MAP_POPULATE, file, 0);
        return address == Interop.MAP_FAILED ? throw LinuxException.Last("mmap") : new SharedRegion(address, length);
    }

    public ref uint Word(int offset) => ref *(uint*)(Address + offset);

    public ulong* Counter(int offset) => (ulong*)(Address + offset);

    protected override bool ReleaseHandle() => Interop.munmap(handle, _length) == 0;

    private static LinuxException Failed(string call, SafeFileHandle file)
    {
        int errno = Marshal.GetLastPInvokeError();
        file.Dispose();
        return new LinuxException(call, errno);
    }
}
