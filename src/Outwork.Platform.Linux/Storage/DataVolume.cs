using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Platform.Linux.Storage;

/// <summary>
/// A product's data folder as a file system of its own in a file of limited size, so that the product fills that and not the machine's
/// disk. The file takes only the space that is used. One user at a time: whoever mounts it holds a lock on the file.
/// </summary>
/// <param name="folder">Where the data lay before there was a limit, and lies without one: .../data/NAME. The file is beside it.</param>
public sealed class DataVolume(string folder)
{
    /// <summary>Name of the mechanism in what is told of confinement.</summary>
    public const string Mechanism = "data folder limit";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    // The end of the last process of a product takes a moment to end its mounts, and what is in memory is written to the disk then.
    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LockRetry = TimeSpan.FromMilliseconds(5);

    /// <summary>The file.</summary>
    public string Image { get; } = folder + ".ext4";

    /// <summary>Where a file is put that is beyond repair.</summary>
    public string Broken => folder + ".broken";

    private string Unfinished => Image + ".new";

    private string Carried => folder + ".carried";

    /// <summary>What is missing for it here, or null.</summary>
    public static ConfinementGap? FindGap()
    {
        string? missing = !LoopMount.IsPresent ? "no loop devices"
            : !File.ReadAllText("/proc/filesystems").Contains("\text4\n", StringComparison.Ordinal) ? "no ext4 in this kernel"
            : !FileSystemTools.ArePresent ? "no mkfs.ext4, e2fsck and resize2fs (Debian: e2fsprogs)"
            : null;
        return missing is null ? null : new ConfinementGap(Mechanism, $"Its data folder can fill the disk that it is on ({missing}).", true);
    }

    /// <summary>Opens it for <see cref="LoopMount.Mount"/>, for one alone; waits for a former user's end.</summary>
    /// <exception cref="LinuxException">It cannot be opened, or is used.</exception>
    public static SafeFileHandle Open(string image)
    {
        SafeFileHandle file = Interop.open(image, Interop.O_RDWR | Interop.O_CLOEXEC, 0);
        if (file.IsInvalid)
            throw LinuxException.Last($"open({image})");
        var pause = new DescriptorPause(LockRetry);
        for (long end = Environment.TickCount64 + (long)LockPatience.TotalMilliseconds; Interop.flock(file, Interop.LOCK_EX | Interop.LOCK_NB) != 0; pause.Wait())
        {
            int errno = Marshal.GetLastPInvokeError();
            if (errno != Interop.EINTR && (errno != Interop.EAGAIN || Environment.TickCount64 > end))
            {
                file.Dispose();
                throw new LinuxException($"flock({image})", errno);
            }
        }

        return file;
    }

    /// <summary>
    /// Makes it, or checks, repairs and resizes it, so that it can be mounted from now on. What was in the folder is carried over, once.
    /// Takes up to seconds and runs programs: only before anything is guarded.
    /// </summary>
    /// <param name="sizeMiB">Its size.</param>
    /// <param name="user">Whose it is.</param>
    /// <param name="tell">Is told what the administrator should know.</param>
    /// <returns>Why it cannot be used, or null.</returns>
    /// <exception cref="IOException">The disk failed or is full.</exception>
    public string? Prepare(int sizeMiB, uint user, Action<string> tell)
    {
        FinishCarrying();
        File.Delete(Unfinished);
        try
        {
            bool isNew = !File.Exists(Image);
            if (isNew && Make(sizeMiB) is { } refusal)
                return refusal;
            using SafeFileHandle file = Open(Image);
            if (isNew)
            {
                TryOut(file, user);
                return null;
            }

            if (HasEntries(folder))
                tell($"{folder} is not used: its data is in {Image}");
            if (!IsUsable(file, user, sizeMiB, tell, out refusal))
                return refusal ?? Replace(sizeMiB, user, tell);
            return refusal;
        }
        catch (LinuxException failed)
        {
            return $"its data cannot be mounted: {failed.Message}";
        }
    }

    // False when it is beyond repair (without a refusal), or of the wrong size (with one).
    private bool IsUsable(SafeFileHandle file, uint user, int sizeMiB, Action<string> tell, out string? refusal)
    {
        refusal = null;
        long size = sizeMiB * 1024L * 1024L, length = RandomAccess.GetLength(file);
        switch (FileSystemTools.Repair(Image, completely: length != size))
        {
            case RepairResult.NotTried:
                refusal = $"its data in {Image} cannot be checked: e2fsck could not be run, or did not end in time";
                return false;
            case RepairResult.BeyondRepair:
                return false;
            case RepairResult.Corrected:
                tell($"{Image} was not in order and has been repaired");
                break;
        }

        if (length != size && !TryResize(file, length, size, sizeMiB))
        {
            refusal = $"its data in {Image} needs more than needs.dataMiB = {sizeMiB}";
            return false;
        }

        try
        {
            TryOut(file, user);
            return true;
        }
        catch (LinuxException failed) when (failed.Errno is Interop.EINVAL or Interop.EIO or Interop.EBADMSG or Interop.EUCLEAN)
        {
            return false;
        }
    }

    private bool TryResize(SafeFileHandle file, long length, long size, int sizeMiB)
    {
        if (size > length)
            RandomAccess.SetLength(file, size);
        if (!FileSystemTools.TryResize(Image, sizeMiB))
            return false;
        if (size < length)
            RandomAccess.SetLength(file, size);
        return true;
    }

    private string? Replace(int sizeMiB, uint user, Action<string> tell)
    {
        File.Move(Image, Broken, overwrite: true);
        tell($"WARNING: {Image} is BROKEN beyond repair: it is kept as {Broken}, and the product begins with EMPTY DATA");
        if (Make(sizeMiB, isEmpty: true) is { } refusal)
            return refusal;
        using SafeFileHandle file = Open(Image);
        TryOut(file, user);
        return null;
    }

    private string? Make(int sizeMiB, bool isEmpty = false)
    {
        string? content = !isEmpty && HasEntries(folder) ? folder : null;
        using (SafeFileHandle file = File.OpenHandle(Unfinished, FileMode.CreateNew, FileAccess.ReadWrite))
        {
            File.SetUnixFileMode(Unfinished, OwnerOnly);
            RandomAccess.SetLength(file, sizeMiB * 1024L * 1024L);
        }

        if (!FileSystemTools.TryMake(Unfinished, content))
        {
            File.Delete(Unfinished);
            return content is null ? $"no file system could be made in {Image}" : $"what is in {content} does not fit into needs.dataMiB = {sizeMiB}";
        }

        using (SafeFileHandle file = File.OpenHandle(Unfinished, FileMode.Open, FileAccess.ReadWrite))
            RandomAccess.FlushToDisk(file);

        // Whoever stops in between finds the data in one of the two places.
        if (content is not null)
            Directory.Move(folder, Carried);
        File.Move(Unfinished, Image);
        FinishCarrying();
        return null;
    }

    private void FinishCarrying()
    {
        if (!Directory.Exists(Carried))
            return;
        if (File.Exists(Image))
            Directory.Delete(Carried, recursive: true);
        else
            Directory.Move(Carried, folder);
    }

    private static bool HasEntries(string path) => Directory.Exists(path) && Directory.EnumerateFileSystemEntries(path).Any();

    // On a thread with a mount namespace of its own: nobody else ever sees the mount.
    private void TryOut(SafeFileHandle file, uint user)
    {
        ExceptionDispatchInfo? failed = null;
        var thread = new Thread(() =>
        {
            try
            {
                MountOnce(file, user);
            }
            catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
            {
                failed = ExceptionDispatchInfo.Capture(e);
            }
        });
        thread.Start();
        thread.Join();
        failed?.Throw();
    }

    private void MountOnce(SafeFileHandle file, uint user)
    {
        string target = Path.GetDirectoryName(folder)!;
        if (Interop.unshare(Interop.CLONE_NEWNS) != 0)
            throw LinuxException.Last("unshare(CLONE_NEWNS)");
        if (Interop.mount(null, "/", null, Interop.MS_REC | Interop.MS_PRIVATE, null) != 0)
            throw LinuxException.Last("mount(/)");
        LoopMount.Mount(file, target, Interop.MS_NOSUID | Interop.MS_NODEV | Interop.MS_NOEXEC);

        // Of no use to a product; e2fsck makes it anew when it needs it.
        _ = Interop.rmdir(Path.Join(target, "lost+found"));
        File.SetUnixFileMode(target, OwnerOnly | UnixFileMode.UserExecute);
        if (FolderOwner.Change(target, user) is { } refusal)
            throw new LinuxException(refusal, Interop.EBUSY);
        if (Interop.umount2(target, 0) != 0)
            throw LinuxException.Last("umount2");
    }
}
