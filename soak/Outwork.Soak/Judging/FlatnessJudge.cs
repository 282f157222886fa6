using Outwork.Soak.Statistics;

namespace Outwork.Soak.Judging;

/// <summary>One row of the table of growth.</summary>
/// <param name="Role">Which process.</param>
/// <param name="Measure">What of it.</param>
/// <param name="Thirds">The comparison; null when there was nothing to compare.</param>
/// <param name="IsJudged">False when the run was too short to tell growth from warming up.</param>
internal sealed record FlatnessRow(string Role, string Measure, Thirds? Thirds, bool IsJudged);

/// <summary>Memory, descriptors and marks are flat.</summary>
internal static class FlatnessJudge
{
    /// <summary>Shorter runs are reported and not judged: a process takes minutes to have what it will have.</summary>
    public static readonly TimeSpan ShortestJudged = TimeSpan.FromMinutes(10);

    /// <summary>Fewer compared samples say nothing.</summary>
    public const int FewestCompared = 10;

    // A few descriptors more are whoever is connected at that moment; 5 % of twelve would be none.
    private static readonly Dictionary<string, double> Slack = new()
    {
        [Measures.Memory] = 1 << 20,
        [Measures.Descriptors] = 3,
        [Measures.Marks] = 32,
    };

    /// <summary>Compares everything, and adds what grew to the violations.</summary>
    public static List<FlatnessRow> Judge(
        IReadOnlyDictionary<(string Role, string Measure), List<ResourceSample>> samples, TimeSpan length, SoakLimits limits, Action<string> violation)
    {
        // The first tenth is warm-up: caches and heaps fill.
        TimeSpan from = length / 10;
        List<FlatnessRow> rows = [];
        foreach (var ((role, measure), values) in samples)
        {
            Thirds? thirds = ThirdsComparison.Of(values, from, length);
            bool judged = length >= ShortestJudged && thirds?.Compared >= FewestCompared;
            rows.Add(new FlatnessRow(role, measure, thirds, judged));
            if (judged && Grew(thirds!, measure, limits.Growth))
            {
                violation($"{measure} of the {role} grew by {(thirds!.Ratio - 1) * 100:0.0} %: median {thirds.First:0} in the first third,"
                    + $" {thirds.Last:0} in the last, at the same age; {thirds.Slope:0} a minute");
            }
        }
        return rows;
    }

    private static bool Grew(Thirds thirds, string measure, double most) =>
        thirds.Ratio > 1 + most && (thirds.Ratio - 1) * thirds.First > Slack.GetValueOrDefault(measure);
}

/// <summary>What is measured of a process.</summary>
internal static class Measures
{
    public const string Memory = "resident memory";
    public const string Descriptors = "descriptors";
    public const string Marks = "fanotify marks";
}
