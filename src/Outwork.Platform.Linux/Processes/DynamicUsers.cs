using System.Globalization;

namespace Outwork.Platform.Linux.Processes;

/// <summary>
/// Users without an account, from the range that systemd sets aside for them (61184 to 65519, systemd's UIDS-GIDS document).
/// A role gets the same one each time unless somebody else has it: an account, a group, or a process that runs.
/// </summary>
public sealed class DynamicUsers
{
    private const uint First = 61184;
    private const uint Last = 65519;

    private readonly HashSet<uint> _taken;

    private DynamicUsers(HashSet<uint> taken) => _taken = taken;

    /// <summary>Reads which are taken on this machine.</summary>
    public static DynamicUsers FromSystem()
    {
        HashSet<uint> taken = ReadOwners();
        AddColumn("/etc/passwd", 2, taken);
        AddColumn("/etc/group", 2, taken);
        return new DynamicUsers(taken);
    }

    /// <summary>For tests: only these are taken.</summary>
    public static DynamicUsers Excluding(IEnumerable<uint> taken) => new([.. taken]);

    /// <summary>Takes the user of a role.</summary>
    /// <param name="role">The role's stable name.</param>
    public uint Take(string role)
    {
        const uint count = Last - First + 1;
        uint start = Hash(role) % count;
        for (uint i = 0; i < count; i++)
        {
            uint candidate = First + ((start + i) % count);
            if (_taken.Add(candidate))
                return candidate;
        }

        throw new LinuxException("dynamic user", Interop.EAGAIN);
    }

    // FNV-1a: the same on every machine and in every version, which string.GetHashCode is not.
    private static uint Hash(string text)
    {
        uint hash = 2166136261;
        foreach (char c in text)
            hash = (hash ^ c) * 16777619;
        return hash;
    }

    private static void AddColumn(string path, int column, HashSet<uint> taken)
    {
        foreach (string line in File.ReadLines(path))
        {
            string[] fields = line.Split(':');
            if (fields.Length > column && uint.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
                taken.Add(id);
        }
    }

    private static HashSet<uint> ReadOwners()
    {
        var owners = new HashSet<uint>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (char.IsAsciiDigit(folder[^1]))
                AddOwner(Path.Join(folder, "status"), owners);
        }

        return owners;
    }

    private static void AddOwner(string statusPath, HashSet<uint> taken)
    {
        try
        {
            foreach (string line in File.ReadLines(statusPath))
            {
                if (!line.StartsWith("Uid:", StringComparison.Ordinal))
                    continue;
                string real = line.Split('\t')[1];
                taken.Add(uint.Parse(real, NumberStyles.None, CultureInfo.InvariantCulture));
                return;
            }
        }
        catch (IOException)
        {
            // The process ended between the listing and the look.
        }
    }
}
