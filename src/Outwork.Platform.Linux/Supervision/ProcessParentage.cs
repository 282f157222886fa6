using System.Buffers.Text;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// Tells whether a process that nobody has announced yet is one that the warden is starting: its parent is the warden and it is
/// still user 0 (a product's orphans become the warden's children too, but they are another user's). Reads
/// /proc/PID/status through a directory held open, allocates nothing after construction, takes no lock that the process
/// could hold (proc_pid_status takes none of exec's).
/// </summary>
public sealed unsafe class ProcessParentage : IDisposable
{
    private readonly SafeFileHandle _proc;
    private readonly byte[] _text = new byte[1024];

    /// <summary>Opens /proc.</summary>
    public ProcessParentage()
    {
        _proc = Interop.open("/proc", Interop.O_PATH | Interop.O_CLOEXEC, 0);
        if (_proc.IsInvalid)
            throw new LinuxException("open(/proc)", Marshal.GetLastPInvokeError());
    }

    /// <summary>True when the process runs as user 0 and <paramref name="parent"/> started it. One thread at a time.</summary>
    public bool IsRootChildOf(int processId, int parent)
    {
        Span<byte> path = stackalloc byte[32];
        _ = Utf8Formatter.TryFormat(processId, path, out int length);
        "/status\0"u8.CopyTo(path[length..]);
        int file;
        fixed (byte* name = path)
        {
            file = Interop.openat(_proc, name, Interop.O_CLOEXEC, 0);
        }

        if (file < 0)
            return false;
        using var handle = new SafeFileHandle(file, ownsHandle: true);
        ReadOnlySpan<byte> text = _text.AsSpan(0, RandomAccess.Read(handle, _text, 0));
        return Field(text, "\nPPid:\t"u8) == parent && Field(text, "\nUid:\t"u8) == 0;
    }

    /// <inheritdoc/>
    public void Dispose() => _proc.Dispose();

    private static int Field(ReadOnlySpan<byte> text, ReadOnlySpan<byte> name)
    {
        int at = text.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(text[(at + name.Length)..], out int value, out _) ? value : -1;
    }
}
