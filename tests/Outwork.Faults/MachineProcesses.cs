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
    private const string ContentVariable = "OUTWORK_CONTENT_DIR=";

    public static List<MachineProcess> Find(int keeper)
    {
        var parents = new Dictionary<int, (int Parent, string Name)>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int pid) && ReadStat(pid) is { } stat)
                parents[pid] = (stat.Parent, stat.Name);
        }

        return [.. parents.Where(entry => Descends(entry.Key, keeper, parents)).Select(entry => Describe(entry.Key, entry.Value.Name, keeper))];
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

    private static MachineProcess Describe(int pid, string name, int keeper)
    {
        if (pid == keeper)
            return new(pid, MachineRole.Keeper, "keeper");
        MachineRole role = name switch
        {
            "outwork-warden" => MachineRole.Warden,
            "outwork-broker" => MachineRole.Broker,
            "outwork-agent" => MachineRole.Agent,
            _ => MachineRole.Product,
        };
        if (role != MachineRole.Product)
            return new(pid, role, role.ToString());
        string product = ProductName(pid);
        return product.Length == 0 ? new(pid, MachineRole.Other, name) : new(pid, MachineRole.Product, product);
    }

    private static string ProductName(int pid)
    {
        try
        {
            string? content = File.ReadAllText($"/proc/{pid}/environ").Split('\0').FirstOrDefault(static v => v.StartsWith(ContentVariable, StringComparison.Ordinal));
            return content is null ? "" : Path.GetFileName(content.TrimEnd('/'));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
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
