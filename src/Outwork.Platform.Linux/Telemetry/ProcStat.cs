using System.Globalization;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>The fields of /proc/PID/stat that we use.</summary>
/// <param name="ParentPid">Field 4.</param>
/// <param name="StartTicks">Field 22: start since boot in units of 10 ms.</param>
internal readonly record struct ProcStat(int ParentPid, ulong StartTicks)
{
    /// <summary>Parses the line. The name in parentheses may itself hold parentheses and spaces.</summary>
    public static bool TryParse(ReadOnlySpan<char> line, out ProcStat stat)
    {
        stat = default;
        int name = line.LastIndexOf(')');
        if (name < 0 || line.Length < name + 3)
            return false;
        int field = 3;
        int parent = 0;
        foreach (Range range in line[(name + 2)..].Split(' '))
        {
            ReadOnlySpan<char> value = line[(name + 2)..][range];
            if (field == 4 && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out parent))
                return false;
            if (field == 22)
            {
                if (!ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong start))
                    return false;
                stat = new ProcStat(parent, start);
                return true;
            }
            field++;
        }
        return false;
    }
}
