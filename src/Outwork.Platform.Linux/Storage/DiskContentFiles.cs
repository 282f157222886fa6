using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Content.Store;

namespace Outwork.Platform.Linux.Storage;

/// <summary>The content store's files on a disk, below a folder that is there and that only the store's process may write.</summary>
/// <param name="root">Absolute path of the store's folder.</param>
public sealed class DiskContentFiles(string root) : IContentFiles
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <inheritdoc/>
    public IDisposable? TryLock(string path)
    {
        // Not by a FileStream: it takes a lock of its own, which another process's fails on instead of asking.
        SafeFileHandle handle = Interop.open(At(path), Interop.O_RDWR | Interop.O_CREAT | Interop.O_NOFOLLOW | Interop.O_CLOEXEC, 384 /* 0600 */);
        if (handle.IsInvalid)
        {
            IOException failed = Failed("open", path);
            handle.Dispose();
            throw failed;
        }

        if (Interop.flock(handle, Interop.LOCK_EX | Interop.LOCK_NB) == 0)
            return handle;
        if (Marshal.GetLastPInvokeError() == Interop.EOPNOTSUPP)
            return TryLockForProcess(handle);
        handle.Dispose();
        return null;
    }

    // A confined process has no flock (SystemCallFilter). Its own lock ends with the first descriptor of the file that it closes: there is this one.
    private static FileStream? TryLockForProcess(SafeFileHandle handle)
    {
        var stream = new FileStream(handle, FileAccess.ReadWrite, bufferSize: 0);
        try
        {
#pragma warning disable CA1416 // Unsupported on macOS; this project is for Linux alone.
            stream.Lock(0, 0);
#pragma warning restore CA1416
            return stream;
        }
        catch (IOException)
        {
            stream.Dispose();
            return null;
        }
    }

    /// <inheritdoc/>
    public unsafe ContentEntryKind KindOf(string path)
    {
        byte* name = (byte*)Marshal.StringToCoTaskMemUTF8(At(path));
        try
        {
            Interop.statx_buf s;
            if (Interop.statx(Interop.AT_FDCWD, name, Interop.AT_SYMLINK_NOFOLLOW, Interop.STATX_BASIC_STATS, &s) != 0)
            {
                return Marshal.GetLastPInvokeError() is Interop.ENOENT or Interop.ENOTDIR ? ContentEntryKind.None : throw Failed("statx", path);
            }

            return (s.stx_mode & Interop.S_IFMT) switch
            {
                Interop.S_IFREG => ContentEntryKind.File,
                Interop.S_IFDIR => ContentEntryKind.Folder,
                Interop.S_IFLNK => ContentEntryKind.Link,
                _ => ContentEntryKind.Other,
            };
        }
        finally
        {
            Marshal.FreeCoTaskMem((nint)name);
        }
    }

    /// <inheritdoc/>
    public long LengthOf(string path) => new FileInfo(At(path)).Length;

    /// <inheritdoc/>
    public IReadOnlyList<string> List(string folder) => [.. new DirectoryInfo(At(folder)).EnumerateFileSystemInfos().Select(static entry => entry.Name)];

    /// <inheritdoc/>
    public Stream OpenRead(string path) => Open(path, Interop.O_RDONLY, FileAccess.Read);

    /// <inheritdoc/>
    public void CreateFolder(string path)
    {
        string at = At(path);
        if (Path.Exists(at))
            throw new IOException($"{at} is there already.");
        Directory.CreateDirectory(at);
        // Whatever this process's mask takes away.
        File.SetUnixFileMode(at, Runnable);
    }

    /// <inheritdoc/>
    public Stream Create(string path, bool executable)
    {
        var stream = new FileStream(At(path), FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0);
        File.SetUnixFileMode(stream.SafeFileHandle, executable ? Runnable : Readable);
        return stream;
    }

    /// <inheritdoc/>
    public Stream Append(string path)
    {
        FileStream stream = Open(path, Interop.O_WRONLY, FileAccess.Write);
        stream.Seek(0, SeekOrigin.End);
        return stream;
    }

    /// <inheritdoc/>
    public void Synchronize(Stream written) => ((FileStream)written).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void SynchronizeFolder(string folder)
    {
        try
        {
            DurableFile.Synchronize(At(folder));
        }
        catch (LinuxException failed)
        {
            throw new IOException(failed.Message, failed);
        }
    }

    /// <inheritdoc/>
    public void Rename(string from, string to)
    {
        if (Interop.rename(At(from), At(to)) != 0)
            throw Failed("rename", from);
    }

    /// <inheritdoc/>
    public void CreateLink(string path, string target) => File.CreateSymbolicLink(At(path), target);

    /// <inheritdoc/>
    public string? ReadLink(string path) => new FileInfo(At(path)).LinkTarget;

    /// <inheritdoc/>
    public void Delete(string path)
    {
        if (KindOf(path) == ContentEntryKind.Folder)
            Directory.Delete(At(path));
        else
            File.Delete(At(path));
    }

    private static IOException Failed(string call, string path) => new($"{call}({path}): {Marshal.GetLastPInvokeErrorMessage()}");

    private FileStream Open(string path, int flags, FileAccess access)
    {
        SafeFileHandle handle = Interop.open(At(path), flags | Interop.O_NOFOLLOW | Interop.O_CLOEXEC, 0);
        if (!handle.IsInvalid)
            return new FileStream(handle, access, bufferSize: 0);
        IOException failed = Failed("open", path);
        handle.Dispose();
        throw failed;
    }

    private string At(string path) => path.Length == 0 ? root : Path.Join(root, path);
}
