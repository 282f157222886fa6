using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// The files as a confined process sees them: looked up below its root, without opening them (O_PATH raises no event and waits for no
/// verdict), and without waiting for a server that does not answer. One thread.
/// </summary>
/// <param name="root">The process's root directory, opened with O_PATH; owned.</param>
internal sealed unsafe class ConfinedView(SafeFileHandle root) : IDisposable
{
    private readonly string _root = DescriptorLink.Read($"/proc/self/fd/{root.DangerousGetHandle()}") ?? "/";
    private MountTable? _mounts;

    public void Dispose() => root.Dispose();

    /// <summary>Looks up an absolute path.</summary>
    /// <param name="path">A path as the confined process would give it, from its root.</param>
    /// <param name="follow">Whether a symbolic link at the end is followed.</param>
    /// <param name="process">A process of this view, for its mounts.</param>
    public FoundFile Find(string path, bool follow, int process)
    {
        var unknown = new FoundFile(Existence.Unknown, path);
        if (Mounts(process) is not { } mounts || mounts.MayWait(BytePath.Normalise(path)))
            return unknown;

        // What the kernel has in memory it tells at once, links followed. Else it has to ask the disk, and then only where no link
        // leads elsewhere.
        FoundFile? found = Find(path, follow, Interop.RESOLVE_CACHED, out int error);
        if (error is Interop.EAGAIN or Interop.EINVAL)
            found = Find(path, follow, Interop.RESOLVE_NO_SYMLINKS, out error);
        return found ?? (error is Interop.ENOENT or Interop.ENOTDIR or Interop.ENAMETOOLONG ? unknown with { Existence = Existence.Missing } : unknown);
    }

    /// <summary>A path that one of the links below <c>/proc/PID</c> led to, as the confined process sees it.</summary>
    public string? ReadLink(string link)
    {
        string? target = DescriptorLink.Read(link);
        if (target is null || _root == "/" || !BytePath.IsAtOrBelow(target, _root))
            return target;
        return target.Length == _root.Length ? "/" : target[_root.Length..];
    }

    private MountTable? Mounts(int process)
    {
        try
        {
            return _mounts ??= MountTable.Read(process);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, and nobody waits for this answer; or we may not look at processes of others.
            return null;
        }
    }

    private FoundFile? Find(string path, bool follow, ulong resolve, out int error)
    {
        var how = new Interop.open_how
        {
            flags = (ulong)(uint)(Interop.O_PATH | Interop.O_CLOEXEC | (follow ? 0 : Interop.O_NOFOLLOW)),
            resolve = Interop.RESOLVE_IN_ROOT | Interop.RESOLVE_NO_MAGICLINKS | resolve,
        };
        fixed (byte* name = BytePath.ToTerminated(path))
        {
            using SafeFileHandle file = Interop.openat2(Interop.SYS_openat2, root, name, &how, (nuint)sizeof(Interop.open_how));
            error = file.IsInvalid ? Marshal.GetLastPInvokeError() : 0;
            return file.IsInvalid ? null : Describe(file, path);
        }
    }

    private FoundFile Describe(SafeFileHandle file, string path)
    {
        Interop.statx_buf facts = default;
        byte nothing = 0;
        int fd = (int)file.DangerousGetHandle();
        if (Interop.statx(fd, &nothing, Interop.AT_EMPTY_PATH | Interop.AT_STATX_DONT_SYNC, Interop.STATX_BASIC_STATS, &facts) != 0)
            return new FoundFile(Existence.Unknown, path);
        return new FoundFile(Existence.Present, ReadLink($"/proc/self/fd/{fd}") ?? path, facts.stx_mode, facts.stx_uid);
    }
}
