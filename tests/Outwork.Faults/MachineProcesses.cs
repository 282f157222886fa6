using System.Globalization;

namespace Outwork.Faults;

/// <summary>One process of a machine.</summary>
/// <param name="Pid">Its number.</param>
/// <param name="Role">What it is.</param>
/// <param name="Name">The product's name, else the program's.</param>
public sealed record MachineProcess(int Pid, MachineRole Role, string Name);

/// <summary>
/// Finds the processes of a machine in /proc, without asking it: it may be what is stopped. Whoever descends from its keeper belongs to it.
/// </summary>
internal static class MachineProcesses
{
    public static List<MachineProcess> Find(int keeper)
    {
        var parents = new Dictionary<int, (int Parent, string Name)>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && ReadStat(pid) is { } stat)
                parents[pid] = (stat.Parent, stat.Name);
        }

        return [.. parents.Where(entry => Descends(entry.Key, keeper, parents)).Select(entry => Describe(entry.Key, keeper, parents))];
    }

    /// <summary>The state letter of proc(5); 'X' when there is no such process.</summary>
    public static char State(int pid) => ReadStat(pid)?.State ?? 'X';

    private static bool Descends(int pid, int from, Dictionary<int, (int Parent, string Name)> parents)
    {
        for (int at = pid; at > 1; at = parents.TryGetValue(at, out var entry) ? entry.Parent : 0)
        {
            if (at == from)
                return true;
        }

        return false;
    }

    // A process that the launcher is still confining bears the warden's name, below the warden.
    private static MachineProcess Describe(int pid, int keeper, Dictionary<int, (int Parent, string Name)> parents)
    {
        if (pid == keeper)
            return new(pid, MachineRole.Keeper, "keeper");
        (int parent, string name) = parents[pid];
        MachineRole role = name switch
        {
            "outwork-warden" => parent == keeper ? MachineRole.Warden : MachineRole.Other,
            "outwork-broker" => MachineRole.Broker,
            "outwork-agent" => MachineRole.Agent,
            _ => MachineRole.Product,
        };
        if (role != MachineRole.Product)
            return new(pid, role, name);
        bool isWardens = parents.TryGetValue(parent, out (int, string Name) above) && above.Name == "outwork-warden";
        return isWardens && Group(pid) is { } product ? new(pid, role, product) : new(pid, MachineRole.Other, name);
    }

    // A product's control group has its name.
    private static string? Group(int pid)
    {
        try
        {
            string? group = File.ReadLines($"/proc/{pid}/cgroup").FirstOrDefault(static line => line.Contains("/outwork-", StringComparison.Ordinal));
            return group is null ? null : Path.GetFileName(group);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (string Name, char State, int Parent)? ReadStat(int pid)
    {
        try
        {
            // "PID (NAME) STATE PARENT ...": the name may hold anything, so what follows is found from the end.
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            int open = stat.IndexOf('('), close = stat.LastIndexOf(')');
            string[] rest = stat[(close + 2)..].Split(' ', 3);
            return (stat[(open + 1)..close], rest[0][0], int.Parse(rest[1], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
