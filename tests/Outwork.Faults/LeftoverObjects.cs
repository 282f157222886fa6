using System.Globalization;

namespace Outwork.Faults;

/// <summary>
/// What a machine has of the kernel at a moment: processes, mounts, control groups, BPF programs, links and maps, fanotify groups and marks,
/// sockets, descriptors. Two of them tell what a fault left behind.
/// </summary>
public sealed class LeftoverObjects
{
    // What comes and goes with each request, and with the garbage collector's finalizers.
    private const int DescriptorSlack = 8;

    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    private LeftoverObjects()
    {
    }

    /// <summary>What there is, by name and number.</summary>
    public IReadOnlyDictionary<string, int> Counts => _counts;

    /// <summary>Of a machine that runs.</summary>
    public static LeftoverObjects Of(FaultedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var objects = new LeftoverObjects();
        foreach (MachineProcess process in machine.Processes())
        {
            objects.Add($"process {process.Name}");
            if (process.Role is MachineRole.Warden or MachineRole.Broker)
                objects.AddDescriptors(process);
        }

        objects.AddMounts(machine);
        objects.AddControlGroups(machine);
        objects.AddSockets(machine);
        return objects;
    }

    /// <summary>Of a machine that has ended: everything that this names should not be there.</summary>
    public static LeftoverObjects OfEnded(FaultedMachine machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        var objects = new LeftoverObjects();
        foreach (MachineProcess process in machine.Seen.Where(static process => MachineProcesses.State(process.Pid) is not ('X' or 'Z')))
            objects.Add($"process {process.Name} ({process.Pid})");
        objects.AddControlGroups(machine);
        objects.AddSockets(machine);
        // These two are the test's own.
        objects.AddMounts(machine);
        _ = objects._counts.Remove($"mount {machine.Folders.Mount}");
        _ = objects._counts.Remove($"mount {machine.Folders.State}");
        return objects;
    }

    /// <summary>What is there now and was not before, or is there more often.</summary>
    public IReadOnlyList<string> Since(LeftoverObjects before)
    {
        ArgumentNullException.ThrowIfNull(before);
        var more = new List<string>();
        foreach ((string name, int count) in _counts)
        {
            int old = before._counts.GetValueOrDefault(name);
            int slack = name.StartsWith("descriptors", StringComparison.Ordinal) ? DescriptorSlack : 0;
            if (count > old + slack)
                more.Add(old == 0 ? $"{name}: {count}" : $"{name}: {count} instead of {old}");
        }

        return more;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _counts.Select(static entry => $"{entry.Key}: {entry.Value}"));

    private void Add(string name, int count = 1) => _counts[name] = _counts.GetValueOrDefault(name) + count;

    private void AddDescriptors(MachineProcess process)
    {
        try
        {
            foreach (string descriptor in Directory.EnumerateFiles($"/proc/{process.Pid}/fdinfo"))
            {
                Add($"descriptors of the {process.Name}");
                AddKernelObject(descriptor, process.Name);
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It has just ended; the next look tells.
        }
    }

    private void AddKernelObject(string descriptor, string holder)
    {
        try
        {
            foreach (string line in File.ReadLines(descriptor))
            {
                // fdinfo of bpf_prog, bpf_map and bpf_link (kernel/bpf/syscall.c), and of fanotify (fs/notify/fdinfo.c). Marks on inodes are
                // a cache: their number is no measure.
                if (line.StartsWith("prog_id:", StringComparison.Ordinal))
                    Add($"BPF programs of the {holder}");
                else if (line.StartsWith("map_id:", StringComparison.Ordinal))
                    Add($"BPF maps of the {holder}");
                else if (line.StartsWith("link_id:", StringComparison.Ordinal))
                    Add($"BPF links of the {holder}");
                else if (line.StartsWith("fanotify flags:", StringComparison.Ordinal))
                    Add($"fanotify groups of the {holder}");
                else if (line.StartsWith("fanotify sdev:", StringComparison.Ordinal))
                    Add($"fanotify marks on file systems of the {holder}");
            }
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // Closed meanwhile.
        }
    }

    private void AddMounts(FaultedMachine machine)
    {
        foreach (string line in File.ReadLines("/proc/self/mountinfo"))
        {
            string at = line.Split(' ')[4];
            if (at.StartsWith(machine.Folders.Root, StringComparison.Ordinal))
                Add($"mount {at}");
        }
    }

    private void AddControlGroups(FaultedMachine machine)
    {
        foreach (string hierarchy in Hierarchies())
        {
            var folder = new DirectoryInfo(Path.Join(hierarchy, machine.ControlGroup));
            if (!folder.Exists)
                continue;
            Add($"control group {folder.FullName}");
            foreach (DirectoryInfo group in folder.EnumerateDirectories())
                Add($"control group {group.FullName}");
        }
    }

    private static IEnumerable<string> Hierarchies() =>
        File.ReadLines("/proc/self/mountinfo").Select(static line => line.Split(' '))
            .Where(static fields => fields[Array.IndexOf(fields, "-") + 1] is "cgroup" or "cgroup2")
            .Select(static fields => fields[4]).Distinct(StringComparer.Ordinal);

    private void AddSockets(FaultedMachine machine)
    {
        // "Num RefCount Protocol Flags Type St Inode Path": St 01 is listening.
        foreach (string[] fields in File.ReadLines("/proc/net/unix").Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (fields.Length == 8 && fields[5] == "01" && fields[7].StartsWith(machine.Folders.Root, StringComparison.Ordinal))
                Add(string.Create(CultureInfo.InvariantCulture, $"socket {fields[7]}"));
        }
    }
}
