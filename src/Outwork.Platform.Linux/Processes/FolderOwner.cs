using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// Gives a folder and everything in it to another user. What it holds is whatever its last user put there, so each entry is changed
/// by the descriptor that was looked at: no path is followed twice, no symbolic link at all.
/// </summary>
public static unsafe class FolderOwner
{
    private const int MostLevels = 64;
    private const int ListBytes = 4096;

    /// <summary>
    /// Changes the owner; null when the folder is the user's then. Otherwise why it is not: a file has another name, so it may be
    /// somebody else's, or folders are too deep. Then the folder itself keeps its owner.
    /// </summary>
    /// <exception cref="LinuxException">It cannot be read or changed.</exception>
    public static string? Change(string folder, uint user)
    {
        ArgumentNullException.ThrowIfNull(folder);
        if (FileOwner.Get(folder) == user)
            return null;
        using SafeFileHandle top = Interop.open(folder, Interop.O_PATH | Interop.O_DIRECTORY | Interop.O_NOFOLLOW | Interop.O_CLOEXEC, 0);
        if (top.IsInvalid)
            throw new LinuxException($"open({folder})", Marshal.GetLastPInvokeError());
        if (ChangeEntries(top, user, level: 1) is { } refusal)
            return $"{folder}: {refusal}";

        // Last, so that a walk that was interrupted is done again.
        Set(top, user);
        return null;
    }

    private static string? ChangeEntries(SafeFileHandle folder, uint user, int level)
    {
        if (level > MostLevels)
            return $"folders in it are more than {MostLevels} deep";
        using SafeFileHandle list = OpenAt(folder, "."u8, Interop.O_DIRECTORY);
        byte[] buffer = new byte[ListBytes];
        fixed (byte* records = buffer)
        {
            nint length;
            while ((length = Interop.getdents64(list, records, ListBytes)) > 0)
            {
                for (nint at = 0; at < length; at += *(ushort*)(records + at + Interop.DirentLength))
                {
                    ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(records + at + Interop.DirentName);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8) && ChangeEntry(list, name, user, level) is { } refusal)
                        return refusal;
                }
            }

            return length == 0 ? null : throw LinuxException.Last("getdents64");
        }
    }

    private static string? ChangeEntry(SafeFileHandle folder, ReadOnlySpan<byte> name, uint user, int level)
    {
        using SafeFileHandle entry = OpenAt(folder, name, Interop.O_PATH | Interop.O_NOFOLLOW);
        Interop.statx_buf status;
        fixed (byte* empty = "\0"u8)
        {
            if (Interop.statx((int)entry.DangerousGetHandle(), empty, Interop.AT_EMPTY_PATH, Interop.STATX_BASIC_STATS, &status) != 0)
                throw LinuxException.Last("statx");
        }

        if ((status.stx_mode & Interop.S_IFMT) == Interop.S_IFDIR)
        {
            if (ChangeEntries(entry, user, level + 1) is { } refusal)
                return refusal;
        }
        else if (status.stx_nlink > 1)
        {
            return "a file in it has another name, too (a hard link)";
        }

        Set(entry, user);
        return null;
    }

    // The name is one of a directory's records, or a literal: a zero follows it.
    private static SafeFileHandle OpenAt(SafeFileHandle folder, ReadOnlySpan<byte> name, int flags)
    {
        fixed (byte* path = name)
        {
            int descriptor = Interop.openat(folder, path, flags | Interop.O_CLOEXEC, 0);
            return descriptor < 0 ? throw LinuxException.Last("openat") : new SafeFileHandle(descriptor, ownsHandle: true);
        }
    }

    private static void Set(SafeFileHandle entry, uint user)
    {
        fixed (byte* empty = "\0"u8)
        {
            if (Interop.fchownat(entry, empty, user, user, Interop.AT_EMPTY_PATH) != 0)
                throw LinuxException.Last("fchownat");
        }
    }
}
