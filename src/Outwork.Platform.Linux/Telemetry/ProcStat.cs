using System.Globalization;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>The fields of /proc/PID/stat that we use.</summary>
/// <param name="ParentPid">Field 4.</param>
/// <param name="StartTicks">Field 22: start since boot in units of 10 ms.</param>
internal readonly record struct ProcStat(int ParentPid, ulong StartTicks)
{
    /// <summary>True when all its threads have ended and only its parent's wait is missing. Fields 3 and 20: a leader that ended before its other threads is a zombie too.</summary>
    public bool HasEnded { get; init; }

    /// <summary>Parses the line. The name in parentheses may itself hold parentheses and spaces.</summary>
    public static bool TryParse(ReadOnlySpan<char> line, out ProcStat stat)
    {
        stat = default;
        int name = line.LastIndexOf(')');
        if (name < 0 || line.Length < name + 3)
            return false;
        int field = 3;
        int parent = 0;
        bool isZombie = false, isAlone = false;
        foreach (Range range in line[(name + 2)..].Split(' '))
        {
            ReadOnlySpan<char> value = line[(name + 2)..][range];
            if (field == 4 && !int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out parent))
                return false;
            if (field == 3)
                isZombie = value is "Z" or "X";
            if (field == 20)
                isAlone = value is "0" or "1";
            if (field == 22)
            {
                if (!ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out ulong start))
                    return false;
                stat = new ProcStat(parent, start) { HasEnded = isZombie && isAlone };
                return true;
            }
            field++;
        }
        return false;
    }
}
