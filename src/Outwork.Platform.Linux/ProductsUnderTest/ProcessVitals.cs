using System.Globalization;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>What proc(5) says of a process at one moment.</summary>
/// <param name="MemoryBytes">Memory that is its own (RssAnon).</param>
/// <param name="Threads">Threads.</param>
/// <param name="Descriptors">Open descriptors.</param>
/// <param name="Sockets">Sockets among them.</param>
/// <param name="Processes">Further processes of its session.</param>
/// <param name="WrittenBytes">Bytes given to write(2) and its kin so far.</param>
/// <param name="Wanted">Time so far in which its threads had a processor or waited for one: what others take makes no difference.</param>
public sealed record ProcessVitals(
    long MemoryBytes, int Threads, int Descriptors, int Sockets, int Processes, long WrittenBytes, TimeSpan Wanted)
{
    /// <summary>Null when it has ended.</summary>
    public static ProcessVitals? Read(int pid)
    {
        string folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        try
        {
            Dictionary<string, string> status = ReadFields(folder + "/status");
            (int descriptors, int sockets) = CountDescriptors(folder + "/fd");
            return new ProcessVitals(
                Number(status.GetValueOrDefault("RssAnon", "0").Split(' ')[0]) * 1024,
                (int)Number(status.GetValueOrDefault("Threads", "0")),
                descriptors,
                sockets,
                CountSession(pid),
                Number(ReadFields(folder + "/io").GetValueOrDefault("wchar", "0")),
                WantedTime(folder + "/task"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The fields of /proc/PID/status; null when it has ended.</summary>
    public static Dictionary<string, string>? ReadStatus(int pid)
    {
        try
        {
            return ReadFields(string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}/status"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> ReadFields(string path)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in File.ReadLines(path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                fields[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return fields;
    }

    private static (int All, int Sockets) CountDescriptors(string folder)
    {
        int all = 0;
        int sockets = 0;
        foreach (string link in Directory.EnumerateFileSystemEntries(folder))
        {
            all++;
            if (new FileInfo(link).LinkTarget?.StartsWith("socket:", StringComparison.Ordinal) == true)
                sockets++;
        }

        return (all, sockets);
    }

    // Nanoseconds on a processor, nanoseconds in wait for one, slices: Documentation/scheduler/sched-stats.rst of the kernel.
    private static TimeSpan WantedTime(string tasks)
    {
        long nanoseconds = 0;
        foreach (string task in Directory.EnumerateDirectories(tasks))
        {
            try
            {
                string[] fields = File.ReadAllText(task + "/schedstat").Split(' ');
                nanoseconds += Number(fields[0]) + Number(fields[1]);
            }
            catch (IOException)
            {
                // The thread ended meanwhile.
            }
        }

        return TimeSpan.FromTicks(nanoseconds / 100);
    }

    private static int CountSession(int session)
    {
        string wanted = session.ToString(CultureInfo.InvariantCulture);
        int count = 0;
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(folder[^1]) || Path.GetFileName(folder) == wanted)
                continue;
            try
            {
                // State, parent, group, session.
                if (StatFields(folder)[3] == wanted)
                    count++;
            }
            catch (IOException)
            {
                // Ended meanwhile.
            }
        }

        return count;
    }

    // From the state on: the name before it may hold spaces and parentheses.
    private static string[] StatFields(string folder)
    {
        string stat = File.ReadAllText(folder + "/stat");
        return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    }

    private static long Number(string text) => long.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
}
