using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Platform.Linux.Fanotify;

/// <summary>
/// AUTH events for exec and open from fanotify(7). A handle is the event's descriptor. Verdicts that hold for everybody are
/// left in the kernel as evictable ignore marks on the inode, which the kernel drops when the content is modified; a second
/// mark on the same inode asks for FAN_CLOSE_WRITE, since writes through a shared mapping raise no FAN_MODIFY.
/// Reactor thread only, except <see cref="Respond"/> and <see cref="ReleaseKept"/>. Never opens a path, but in /proc: every call works on a descriptor.
/// Source: fs/notify/fanotify/fanotify_user.c.
/// </summary>
public sealed unsafe class FanotifyAuthSource : IAuthSource, IDisposable
{
    private const ulong PermissionMask = Interop.FAN_OPEN_PERM | Interop.FAN_OPEN_EXEC_PERM;
    private const int HeaderBytes = 64;
    private readonly SafeFileHandle _group;
    private readonly int _fd;
    private readonly TimeProvider _time;
    private readonly byte[] _buffer = GC.AllocateArray<byte>(64 * sizeof(Interop.fanotify_event_metadata), pinned: true);
    private readonly byte[] _path = GC.AllocateArray<byte>(4096, pinned: true);
    private readonly bool _marks;
    private readonly HashSet<int> _withoutName = [];
    private readonly byte[] _besideBuffer = GC.AllocateArray<byte>(16 * sizeof(Interop.fanotify_event_metadata), pinned: true);

    /// <summary>Creates the group. It guards nothing until <see cref="Guard"/>.</summary>
    /// <exception cref="LinuxException">The kernel refuses a group that can judge.</exception>
    public FanotifyAuthSource(FanotifyCapabilities capabilities, TimeProvider time)
    {
        _time = time;
        _marks = capabilities.IgnoreMarks && capabilities.EvictableMarks;
        uint unlimited = capabilities.Unlimited ? Interop.FAN_UNLIMITED_QUEUE | Interop.FAN_UNLIMITED_MARKS : 0;
        _group = Interop.fanotify_init(
            Interop.FAN_CLASS_CONTENT | Interop.FAN_CLOEXEC | Interop.FAN_NONBLOCK | unlimited,
            Interop.O_RDONLY | Interop.O_LARGEFILE | Interop.O_CLOEXEC | Interop.O_NONBLOCK | Interop.O_NOATIME);
        if (_group.IsInvalid) throw new LinuxException("fanotify_init", Marshal.GetLastPInvokeError());
        _fd = (int)_group.DangerousGetHandle();
        _ = Interop.signal(Interop.SIGIO, Interop.SIG_IGN);
    }

    /// <summary>For epoll.</summary>
    public int Descriptor => _fd;

    /// <summary>Called for each file whose last writer closed it, with device and inode, after its marks were taken back.</summary>
    public Action<ulong, ulong>? ContentWritten { get; set; }

    /// <summary>Numbers of the mounts that this process sees; files on others are foreign. None are while this is null.</summary>
    public IReadOnlySet<ulong>? OwnMounts { get; set; }

    /// <summary>
    /// Closes a descriptor that may be the last of a file without a name, elsewhere: the kernel then takes the file apart before close
    /// returns, which for a large one takes seconds that no signal ends. Any thread. Closed here while this is null.
    /// </summary>
    public Action<SafeFileHandle>? CloseElsewhere { get; set; }

    /// <summary>Called when the kernel's queue overflowed.</summary>
    public Action? Overflowed { get; set; }

    /// <summary>Called when the kernel could not open an event's file, and refused the event itself. Any thread.</summary>
    public Action? FileNotOpened { get; set; }

    /// <summary>Called when no descriptor was left for an event.</summary>
    public Action? DescriptorsExhausted { get; set; }

    /// <summary>Guards the whole file system mounted at a path. 0, or the errno of the refusal.</summary>
    public int Guard(string mountPoint) => Mark(Interop.FAN_MARK_ADD | Interop.FAN_MARK_FILESYSTEM, PermissionMask, mountPoint);

    /// <summary>Guards no longer.</summary>
    public int Unguard(string mountPoint) => Mark(Interop.FAN_MARK_REMOVE | Interop.FAN_MARK_FILESYSTEM, PermissionMask, mountPoint);

    /// <summary>Reads what waits, without waiting. Returns the number of events put into <paramref name="events"/> (at least 64 long).</summary>
    public int Read(Span<AuthEvent> events) => Read(_buffer, events);

    /// <summary>The same for another thread, when the one that reads cannot. At most 16 events.</summary>
    public int ReadBeside(Span<AuthEvent> events) => Read(_besideBuffer, events);

    private int Read(byte[] into, Span<AuthEvent> events)
    {
        nint bytes;
        fixed (byte* buffer = into) bytes = Interop.read_event(_fd, buffer, (nuint)into.Length);
        if (bytes < 0)
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno is Interop.EAGAIN or Interop.EINTR) return 0;
            if (errno is Interop.EMFILE or Interop.ENFILE)
            {
                DescriptorsExhausted?.Invoke();
                return 0;
            }
            if (errno is Interop.EBADF or Interop.EFAULT) throw new LinuxException("read(fanotify)", errno);
            // The kernel opens the file for us within this call, and what that says is up to the file: a socket has ENXIO, a device
            // whatever its driver says. It has refused the event by then (fanotify_read); the next one comes with the next call.
            FileNotOpened?.Invoke();
            return 0;
        }
        return Take(into, (int)bytes, events);
    }

    private int Take(byte[] from, int bytes, Span<AuthEvent> events)
    {
        long now = _time.GetTimestamp();
        int count = 0;
        fixed (byte* buffer = from)
        {
            for (byte* at = buffer; at < buffer + bytes;)
            {
                var e = (Interop.fanotify_event_metadata*)at;
                if (e->vers != Interop.FANOTIFY_METADATA_VERSION)
                    throw new NotSupportedException($"The kernel's fanotify events have version {e->vers}; this build reads {Interop.FANOTIFY_METADATA_VERSION}.");
                at += e->event_len;
                if (e->fd < 0) Overflowed?.Invoke();
                else if ((e->mask & PermissionMask) == 0) TakeWritten(e->fd);
                else events[count++] = new AuthEvent((e->mask & Interop.FAN_OPEN_EXEC_PERM) != 0 ? EventKind.Exec : EventKind.Open, e->pid, e->fd, now);
            }
        }
        return count;
    }

    /// <inheritdoc/>
    public bool TryGetFacts(int handle, out FileFacts facts)
    {
        bool isTold = TryGetFacts(handle, out facts, out bool hasName);
        // Seldom, so that the way of all others costs nothing.
        if (!hasName) _withoutName.Add(handle);
        return isTold;
    }

    private bool TryGetFacts(int handle, out FileFacts facts, out bool hasName)
    {
        Interop.statx_buf s;
        hasName = true;
        byte empty = 0;
        if (Interop.statx(handle, &empty, Interop.AT_EMPTY_PATH | Interop.AT_STATX_DONT_SYNC, Interop.STATX_BASIC_STATS | Interop.STATX_MNT_ID, &s) != 0)
        {
            facts = default;
            return false;
        }
        var identity = new FileIdentity(Interop.makedev(s.stx_dev_major, s.stx_dev_minor), s.stx_ino, s.stx_size, s.stx_mtime.Nanoseconds, s.stx_ctime.Nanoseconds);
        bool isForeign = (s.stx_mask & Interop.STATX_MNT_ID) != 0 && OwnMounts is { } own && !own.Contains(s.stx_mnt_id);
        facts = new FileFacts(identity, s.stx_mode, s.stx_uid, isForeign);
        hasName = s.stx_nlink != 0;
        return true;
    }

    /// <inheritdoc/>
    public ContentClass Classify(int handle, in FileFacts facts)
    {
        if ((facts.Mode & Interop.S_IFMT) != Interop.S_IFREG) return ContentClass.Data;
        if (facts.Identity.Size == 0) return ContentClass.Empty;
        byte* header = stackalloc byte[HeaderBytes];
        var iov = new Interop.iovec { iov_base = header, iov_len = HeaderBytes };
        nint read = Interop.preadv2(handle, &iov, 1, 0, Interop.RWF_NOWAIT);
        // tmpfs knows no RWF_NOWAIT, and needs none: its content is in memory.
        if (read < 0 && Marshal.GetLastPInvokeError() == Interop.EOPNOTSUPP && IsInMemory(handle)) read = Interop.preadv2(handle, &iov, 1, 0, 0);
        return read < 0 ? ContentClass.Unknown : ImageFormat.Classify(new ReadOnlySpan<byte>(header, (int)read));
    }

    /// <inheritdoc/>
    public string GetPath(int handle)
    {
        Span<byte> link = stackalloc byte[32];
        "/proc/self/fd/"u8.CopyTo(link);
        System.Buffers.Text.Utf8Formatter.TryFormat(handle, link[14..], out int digits);
        link[14 + digits] = 0;
        fixed (byte* name = link, path = _path)
        {
            nint length = Interop.readlink_raw(name, path, (nuint)_path.Length);
            if (length <= 0) return "";
            var text = new ReadOnlySpan<byte>(path, (int)length);
            // A file that was unlinked while it is open carries this suffix (d_path(9)); the rules look at the path it had. But a file
            // may also be called so.
            if (text.EndsWith(" (deleted)"u8) && LinkCount.Of(handle) == 0) text = text[..^10];
            return Encoding.UTF8.GetString(text);
        }
    }

    /// <inheritdoc/>
    public bool Respond(int handle, Verdict verdict)
    {
        var response = new Interop.fanotify_response { fd = handle, response = verdict == Verdict.Deny ? Interop.FAN_DENY : Interop.FAN_ALLOW };
        return Interop.write_event(_fd, &response, (nuint)sizeof(Interop.fanotify_response)) == sizeof(Interop.fanotify_response);
    }

    /// <inheritdoc/>
    public void Release(int handle)
    {
        if (_withoutName.Count != 0 && _withoutName.Remove(handle)) Close(handle, hasName: false);
        else Close(handle, hasName: true);
    }

    /// <inheritdoc/>
    /// <remarks>Any thread.</remarks>
    public void ReleaseKept(int handle) => Close(handle, LinkCount.Of(handle) is not (0 or null));

    /// <inheritdoc/>
    public bool TrySetCacheMark(int handle, in FileFacts facts)
    {
        if (!TryWatchWrites(handle)) return false;
        int errno = Mark(Interop.FAN_MARK_ADD | Interop.FAN_MARK_IGNORE | Interop.FAN_MARK_EVICTABLE, PermissionMask, handle);
        // The mark first, then the look: whatever changed the content before the mark shows in the times, and after it clears the mark.
        if (errno == 0 && TryGetFacts(handle, out var now) && now.Identity == facts.Identity) return true;
        RemoveCacheMark(handle);
        return false;
    }

    /// <inheritdoc/>
    public void RemoveCacheMark(int handle)
    {
        // ENOENT is expected: the kernel may have evicted the mark or cleared it on modification.
        _ = Mark(Interop.FAN_MARK_REMOVE | Interop.FAN_MARK_IGNORE, PermissionMask, handle);
        _ = Mark(Interop.FAN_MARK_REMOVE, Interop.FAN_CLOSE_WRITE, handle);
    }

    /// <inheritdoc/>
    public bool TryWatchWrites(int handle) =>
        _marks && Mark(Interop.FAN_MARK_ADD | Interop.FAN_MARK_EVICTABLE, Interop.FAN_CLOSE_WRITE, handle) == 0;

    /// <inheritdoc/>
    /// <remarks>
    /// A read lease is granted only while nobody has the file open for writing, and a shared mapping keeps it open
    /// (fs/locks.c, check_conflicting_open). It is given back at once; the signal that a conflict in between would raise is ignored
    /// by this process.
    /// </remarks>
    public bool HasWriter(int handle) => LookForWriter(handle) != 0;

    /// <inheritdoc/>
    /// <remarks>
    /// Some file systems have no leases. Whoever opens the file for writing is a writer itself by now (fs/open.c, do_dentry_open), and wants
    /// to change code, not to run it; so the call in which it waits is looked at.
    /// </remarks>
    public bool HasOtherWriter(int handle, int pid) => LookForWriter(handle) == Interop.EAGAIN && ProcSystemCall.IsReading(pid);

    /// <inheritdoc/>
    public void FlushCacheMarks()
    {
        // Without FAN_MARK_MOUNT or FAN_MARK_FILESYSTEM the flush takes the inode marks only: the guard stays.
        if (Interop.fanotify_mark_fd(_fd, Interop.FAN_MARK_FLUSH, 0, Interop.AT_FDCWD, null) != 0)
            throw new LinuxException("fanotify_mark(FAN_MARK_FLUSH)", Marshal.GetLastPInvokeError());
    }

    /// <summary>Ends the group: the kernel lets everything that waits through.</summary>
    public void Dispose() => _group.Dispose();

    private static int LookForWriter(int handle)
    {
        if (Interop.fcntl_event(handle, Interop.F_SETLEASE, Interop.F_RDLCK) != 0) return Marshal.GetLastPInvokeError();
        _ = Interop.fcntl_event(handle, Interop.F_SETLEASE, Interop.F_UNLCK);
        return 0;
    }

    private static bool IsInMemory(int handle)
    {
        Interop.statfs_buf fs;
        return Interop.fstatfs(handle, &fs) == 0 && (fs.f_type is Interop.TMPFS_MAGIC or Interop.RAMFS_MAGIC);
    }

    private void TakeWritten(int fd)
    {
        RemoveCacheMark(fd);
        if (TryGetFacts(fd, out var facts, out bool hasName)) ContentWritten?.Invoke(facts.Identity.Device, facts.Identity.Inode);
        Close(fd, hasName);
    }

    private void Close(int handle, bool hasName)
    {
        if (!hasName && CloseElsewhere is { } close) close(new SafeFileHandle(handle, ownsHandle: true));
        else _ = Interop.close_event(handle);
    }

    private int Mark(uint flags, ulong mask, int fd) =>
        Interop.fanotify_mark_fd(_fd, flags, mask, fd, null) == 0 ? 0 : Marshal.GetLastPInvokeError();

    private int Mark(uint flags, ulong mask, string path) =>
        Interop.fanotify_mark_path(_group, flags, mask, Interop.AT_FDCWD, path) == 0 ? 0 : Marshal.GetLastPInvokeError();
}
