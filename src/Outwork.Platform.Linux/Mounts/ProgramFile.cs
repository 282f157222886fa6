using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Mounts;

/// <summary>The file that a process runs, held by a descriptor that only names it (O_PATH), so that nobody is asked about it.</summary>
public sealed unsafe class ProgramFile : IDisposable
{
    private readonly SafeFileHandle _file;

    private ProgramFile(SafeFileHandle file, ulong device) => (_file, Device) = (file, device);

    /// <summary>Device of its file system, as st_dev has it.</summary>
    public ulong Device { get; }

    /// <summary>A path that leads to this very file.</summary>
    public string Path => $"/proc/self/fd/{_file.DangerousGetHandle()}";

    /// <summary>Takes hold of what the process runs now; null when it has ended.</summary>
    public static ProgramFile? Open(int pid)
    {
        SafeFileHandle file = Interop.open($"/proc/{pid}/exe", Interop.O_PATH | Interop.O_CLOEXEC, 0);
        Interop.statx_buf s;
        byte empty = 0;
        if (!file.IsInvalid
            && Interop.statx((int)file.DangerousGetHandle(), &empty, Interop.AT_EMPTY_PATH | Interop.AT_STATX_DONT_SYNC, Interop.STATX_BASIC_STATS, &s) == 0)
        {
            return new ProgramFile(file, Interop.makedev(s.stx_dev_major, s.stx_dev_minor));
        }

        file.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
