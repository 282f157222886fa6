using System.Text;

namespace Outwork.Platform.Linux.Mounts;

/// <summary>One mount of proc_pid_mountinfo(5).</summary>
/// <param name="Id">Number of the mount, unique among those of this moment.</param>
/// <param name="Device">Device number of the file system, as <c>major:minor</c>.</param>
/// <param name="MountPoint">Where it is mounted.</param>
/// <param name="FileSystem">Its type.</param>
/// <param name="Source">What is mounted.</param>
public sealed record Mount(ulong Id, string Device, string MountPoint, string FileSystem, string Source);

/// <summary>Reads which file systems are mounted and says which of them can be guarded.</summary>
public static class MountTable
{
    // File systems that keep their content on this machine. A network or user-space file system is left out: the kernel opens
    // the file for the broker when an event is read, and a server that does not answer would then hold the guard itself.
    private static readonly HashSet<string> Local = new(StringComparer.Ordinal)
    {
        "ext2", "ext3", "ext4", "xfs", "btrfs", "f2fs", "bcachefs", "zfs", "jfs", "reiserfs", "nilfs2", "tmpfs", "ramfs", "overlay",
        "vfat", "exfat", "ntfs3", "iso9660", "udf", "squashfs", "erofs", "hfsplus",
    };

    // File systems of the kernel's own, in which no program of a user's can lie.
    private static readonly HashSet<string> Kernel = new(StringComparer.Ordinal)
    {
        "proc", "sysfs", "devpts", "cgroup", "cgroup2", "mqueue", "debugfs", "tracefs", "securityfs", "pstore", "bpf", "configfs",
        "fusectl", "hugetlbfs", "binfmt_misc", "rpc_pipefs", "nsfs", "efivarfs", "selinuxfs", "autofs", "devtmpfs",
    };

    /// <summary>Reads the mounts this process sees.</summary>
    public static List<Mount> Read() => Parse(File.ReadAllLines("/proc/self/mountinfo"));

    /// <summary>Reads the mounts another process sees.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public static List<Mount> ReadOf(int pid) => Parse(File.ReadAllLines($"/proc/{pid}/mountinfo"));

    /// <summary>
    /// True for a file system that answers by itself whoever mounted it. Anybody may mount an overlay in a namespace of their own, above
    /// a server that never answers.
    /// </summary>
    public static bool IsSafeFromOthers(Mount mount) => Local.Contains(mount.FileSystem) && mount.FileSystem != "overlay";

    /// <summary>Parses mountinfo lines; a line that does not parse is left out.</summary>
    public static List<Mount> Parse(IEnumerable<string> lines)
    {
        var mounts = new List<Mount>();
        foreach (string line in lines)
        {
            string[] fields = line.Split(' ');
            int separator = Array.IndexOf(fields, "-");
            if (separator < 6 || fields.Length < separator + 3 || !ulong.TryParse(fields[0], out ulong id)) continue;
            mounts.Add(new Mount(id, fields[2], Unescape(fields[4]), fields[separator + 1], Unescape(fields[separator + 2])));
        }
        return mounts;
    }

    /// <summary>One mount of each local file system, and a line for each mount that is not guarded, with the reason.</summary>
    public static (List<Mount> Guarded, List<string> NotGuarded) Choose(IEnumerable<Mount> mounts)
    {
        var guarded = new List<Mount>();
        var not = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var mount in mounts)
        {
            if (Kernel.Contains(mount.FileSystem) || !seen.Add(mount.Device)) continue;
            if (Local.Contains(mount.FileSystem)) guarded.Add(mount);
            else not.Add($"{mount.MountPoint} ({mount.FileSystem}): a file system whose server could hold up the guard");
        }
        return (guarded, not);
    }

    // Space, tab, newline and backslash are written as three octal digits.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\')) return field;
        var text = new StringBuilder(field.Length);
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && field.AsSpan(i + 1, 3) is var octal && octal.IndexOfAnyExceptInRange('0', '7') < 0)
            {
                text.Append((char)Convert.ToInt32(octal.ToString(), 8));
                i += 3;
            }
            else text.Append(field[i]);
        }
        return text.ToString();
    }
}
