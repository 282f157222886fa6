using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Storage;

/// <summary>
/// Replaces a small file so that after a crash or power cut at any moment either the old or the new content is there, whole.
/// Two steps, so that what can fail for want of space fails before the caller commits to anything else.
/// </summary>
/// <remarks>One writer at a time for one path. Thread-safe for different paths.</remarks>
public sealed class DurableFile : IDisposable
{
    private const string TemporarySuffix = ".new";
    private readonly string _path;
    private readonly string _temporary;
    private bool _committed;

    private DurableFile(string path, string temporary) => (_path, _temporary) = (path, temporary);

    /// <summary>Writes the new content beside the file and waits until it is on the disk; the file itself stays as it is.</summary>
    /// <param name="path">Absolute path of the file to replace; its directory exists.</param>
    /// <param name="content">The new content.</param>
    /// <param name="mode">Permission bits of the new file, whatever the umask.</param>
    /// <exception cref="IOException">No space, or the disk failed; nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static DurableFile Prepare(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        string temporary = path + TemporarySuffix;
        var prepared = new DurableFile(path, temporary);
        try
        {
            // A process that ended between the two steps left this; nobody reads it.
            File.Delete(temporary);
            using FileStream file = new(temporary, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Share = FileShare.None,
                BufferSize = 0,
                UnixCreateMode = mode,
            });
            File.SetUnixFileMode(file.SafeFileHandle, mode);
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        catch
        {
            prepared.Dispose();
            throw;
        }

        return prepared;
    }

    /// <summary>Makes a file that is not there yet, and waits until it and its name are on the disk.</summary>
    /// <param name="path">Absolute path; its directory exists.</param>
    /// <param name="content">The content.</param>
    /// <param name="mode">Permission bits, narrowed by the umask; never wider, not even for a moment.</param>
    /// <exception cref="IOException">It is there already, there is no space, or the disk failed; of a file that was begun nothing is left behind.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content, UnixFileMode mode)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0, UnixCreateMode = mode };
        using var file = new FileStream(path, options);
        try
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
            Synchronize(Path.GetDirectoryName(path)!);
        }
        catch
        {
            File.Delete(path);
            throw;
        }
    }

    /// <summary>Puts the new content in the file's place and waits until that is on the disk.</summary>
    /// <exception cref="IOException">The rename was refused; the old content is still there.</exception>
    public void Commit()
    {
        File.Move(_temporary, _path, overwrite: true);
        _committed = true;
        Synchronize(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes what was prepared and not committed.</summary>
    public void Dispose()
    {
        if (_committed)
            return;
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // The next Prepare overwrites it; what made this fail has been reported by the step before.
        }
    }

    /// <summary>Waits until the entries of a directory are on the disk.</summary>
    /// <exception cref="LinuxException">It cannot be opened, or the disk failed.</exception>
    public static void Synchronize(string directory)
    {
        using SafeFileHandle handle = Interop.open(directory, Interop.O_RDONLY | Interop.O_DIRECTORY | Interop.O_CLOEXEC, 0);
        if (handle.IsInvalid)
            throw new LinuxException($"open({directory})", Marshal.GetLastPInvokeError());
        if (Interop.fsync(handle) != 0)
            throw new LinuxException($"fsync({directory})", Marshal.GetLastPInvokeError());
    }
}
