using System.Globalization;

namespace Outwork.Soak.Judging;

/// <summary>One operation of the probe, or of a workload that is a program of its own.</summary>
/// <param name="Kind">What it did: one of <see cref="WorkKinds"/>.</param>
/// <param name="Begun">When it began, on <see cref="SoakClock"/>.</param>
/// <param name="Ended">When it ended, as far as that is known: its beginning and its longest step.</param>
/// <param name="Longest">Its longest step.</param>
/// <param name="Steps">Steps that were timed.</param>
/// <param name="Result">0, an errno, 1000 and a signal, or 2000 and an exit code.</param>
internal readonly record struct WorkSample(string Kind, long Begun, long Ended, TimeSpan Longest, int Steps, int Result)
{
    /// <summary>From a line of the probe: KIND START-NS DURATION-NS COUNT RESULT. Null when it is none.</summary>
    /// <param name="line">The line.</param>
    /// <param name="now">When it was read.</param>
    public static WorkSample? Parse(string line, long now)
    {
        string[] words = line.Split(' ');
        if (words.Length != 5
            || !long.TryParse(words[1], CultureInfo.InvariantCulture, out long begun)
            || !long.TryParse(words[2], CultureInfo.InvariantCulture, out long longest)
            || !int.TryParse(words[3], CultureInfo.InvariantCulture, out int steps)
            || !int.TryParse(words[4], CultureInfo.InvariantCulture, out int result))
        {
            return null;
        }
        // One step: it ended when that did. Several: some time before the line was read.
        long ended = steps == 1 ? begun + longest : Math.Max(begun + longest, now);
        return new WorkSample(words[0], begun, ended, TimeSpan.FromTicks(longest / TimeSpan.NanosecondsPerTick), steps, result);
    }
}

/// <summary>The kinds of operation, and what is expected of each.</summary>
internal static class WorkKinds
{
    /// <summary>A rule denies it.</summary>
    public const string Refused = "refused";

    /// <summary>The product denies it: each is a new file that holds what the product looks for.</summary>
    public const string Found = "found";

    /// <summary>What begins with this is done where nobody guards.</summary>
    public const string ControlPrefix = "control-";

    /// <summary>EPERM: what a caller sees that is refused.</summary>
    public const int PermissionDenied = 1;

    /// <summary>ENOEXEC: what <see cref="Found"/> gives when it is let through, since it is no program.</summary>
    public const int NotExecutable = 8;

    /// <summary>True for what is done where nobody guards.</summary>
    public static bool IsControl(string kind) => kind.StartsWith(ControlPrefix, StringComparison.Ordinal);

    /// <summary>True for what has to be denied.</summary>
    public static bool IsDenied(string kind) => kind is Refused or Found;

    /// <summary>True when the program ran, or would have, that has to be denied.</summary>
    public static bool WasLetThrough(in WorkSample sample) => sample.Result == (sample.Kind == Found ? NotExecutable : 0);
}
