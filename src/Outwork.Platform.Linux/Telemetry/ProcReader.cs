using System.Globalization;
using Outwork.Broker.Processes;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Reads what /proc tells of a process. Everything may vanish between two reads; what has vanished is left out. A
/// command line that cannot be read in time is left out too. Takes its time: never on the reactor.
/// </summary>
internal static class ProcReader
{
    private const int MaxArgumentBytes = 4_096;

    /// <summary>The process as it is now; null when it is gone, or has ended and only waits to be waited for.</summary>
    public static ProcessInfo? Read(int pid, ulong bootId, long bootUnixNs)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        if (!TryReadStat(directory, out ProcStat stat) || stat.HasEnded)
            return null;
        ulong parentStart = stat.ParentPid > 0 && TryReadStat($"/proc/{stat.ParentPid}", out ProcStat parent) ? parent.StartTicks : 0;
        (uint user, uint group) = ReadUser(directory);
        byte[] arguments = CommandLineReader.Shared.Read($"{directory}/cmdline", user);
        (string[] split, bool truncated) = ArgumentText.Split(arguments, arguments.Length == MaxArgumentBytes);
        ProcessInfo info = new()
        {
            Id = ProcessId.From(bootId, pid, stat.StartTicks),
            ParentId = parentStart == 0 ? ProcessId.Unknown : ProcessId.From(bootId, stat.ParentPid, parentStart),
            Pid = pid,
            ParentPid = stat.ParentPid,
            UserId = user,
            GroupId = group,
            StartedUnixNs = bootUnixNs + (long)(stat.StartTicks * BootClock.NanosecondsPerTick),
            Executable = ReadProgram(directory),
            Arguments = split,
            ArgumentsTruncated = truncated,
            WorkingDirectory = ReadLink($"{directory}/cwd"),
            ContainerId = ControlGroupPath.FindContainerInList(ReadText($"{directory}/cgroup")),
            Reconstructed = true,
        };
        // The pid may have become another process' meanwhile: then nothing read belongs together.
        return TryReadStat(directory, out ProcStat again) && again.StartTicks == stat.StartTicks && !again.HasEnded ? info : null;
    }

    /// <summary>True when a process has the pid and it has not ended.</summary>
    public static bool IsPresent(int pid)
    {
        string directory = string.Create(CultureInfo.InvariantCulture, $"/proc/{pid}");
        return Directory.Exists(directory) && !(TryReadStat(directory, out ProcStat stat) && stat.HasEnded);
    }

    public static bool TryReadStat(string directory, out ProcStat stat) => ProcStat.TryParse(ReadText($"{directory}/stat"), out stat);

    private static (uint User, uint Group) ReadUser(string directory)
    {
        uint user = 0, group = 0;
        foreach (ReadOnlySpan<char> line in ReadText($"{directory}/status").AsSpan().EnumerateLines())
        {
            if (line.StartsWith("Uid:\t", StringComparison.Ordinal))
                user = FirstNumber(line[5..]);
            else if (line.StartsWith("Gid:\t", StringComparison.Ordinal))
                group = FirstNumber(line[5..]);
        }
        return (user, group);
    }

    private static uint FirstNumber(ReadOnlySpan<char> text)
    {
        int end = text.IndexOf('\t');
        return uint.TryParse(end < 0 ? text : text[..end], NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : 0;
    }

    private static string ReadProgram(string directory)
    {
        const string Deleted = " (deleted)";
        string program = ReadLink($"{directory}/exe");
        // The kernel's word for a file without a name (d_path(9)); but a file may also be called so.
        if (program.EndsWith(Deleted, StringComparison.Ordinal) && LinkCount.Of($"{directory}/exe") == 0)
            program = program[..^Deleted.Length];
        // Memory has a name but no place in any tree; events name it the same way.
        return program.StartsWith("/memfd:", StringComparison.Ordinal) ? program[1..] : program;
    }

    private static string ReadLink(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget ?? "";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static string ReadText(string path)
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
