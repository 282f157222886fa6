using System.Globalization;

namespace Outwork.Soak.Observed;

/// <summary>The processes of the running instance by their role, read from /proc below the keeper that the soak started.</summary>
internal static class ProcessRoles
{
    public const string Keeper = "keeper";
    public const string Warden = "warden";
    public const string Broker = "broker";
    public const string Agent = "agent";
    public const string Product = "execguard";
    public const string Chaos = "chaos";

    /// <summary>Those that a soak watches for growth.</summary>
    public static IReadOnlyList<string> Watched { get; } = [Keeper, Warden, Broker, Agent, Product];

    /// <summary>All that run now below a process. Where two have one role, the one that was found last.</summary>
    public static Dictionary<string, int> Read(int root)
    {
        var found = new Dictionary<string, int>();
        foreach (int pid in Descendants(root))
        {
            if (RoleOf(pid) is { } role)
                found[role] = pid;
        }
        return found;
    }

    /// <summary>All processes below one.</summary>
    public static List<int> Descendants(int root)
    {
        List<int> all = [root];
        for (int i = 0; i < all.Count; i++)
            all.AddRange(Children(all[i]));
        all.RemoveAt(0);
        return all;
    }

    private static int[] Children(int pid)
    {
        try
        {
            // Each thread has its own children; ours start processes from several.
            return
            [
                .. Directory.GetDirectories($"/proc/{pid}/task")
                    .SelectMany(task => ReadOrEmpty($"{task}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    .Select(word => int.Parse(word, CultureInfo.InvariantCulture)),
            ];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string? RoleOf(int pid)
    {
        string program;
        try
        {
            program = Path.GetFileName(File.ResolveLinkTarget($"/proc/{pid}/exe", returnFinalTarget: false)?.FullName ?? "");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
        return program switch
        {
            "outwork-warden" => ReadOrEmpty($"/proc/{pid}/cmdline").Split('\0') switch
            {
                [_, "keep", ..] => Keeper,
                [_, "launch", ..] => null,
                _ => Warden,
            },
            "outwork-broker" => Broker,
            "outwork-agent" => Agent,
            "outwork-execguard" => Product,
            "chaos-product" => Chaos,
            _ => null,
        };
    }

    private static string ReadOrEmpty(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
