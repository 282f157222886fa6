namespace Outwork.Soak.Statistics;

/// <summary>What the last third had against the first.</summary>
/// <param name="First">Median of the first third, over what was compared.</param>
/// <param name="Last">Median of the last.</param>
/// <param name="Ratio">Last to first, at the same age.</param>
/// <param name="Compared">Samples of the smaller side that were compared.</param>
/// <param name="Slope">Growth a minute by the robust line (Theil and Sen) through medians of all ages, in the measure's unit.</param>
internal sealed record Thirds(double First, double Last, double Ratio, int Compared, double Slope);

/// <summary>
/// Compares the last third of a run with the first, robustly against restarts: a process that has just started has less memory than one
/// that ran for minutes, so only samples of the same age are compared. Ages are put into bins, each half as wide again as the one
/// before; in each bin the medians of both thirds are divided; the result is the geometric mean of these ratios, weighted by the
/// smaller number of samples. A process that lives in both thirds cannot have the same age in both: it is compared with
/// itself, since that is how a leak looks.
/// </summary>
internal static class ThirdsComparison
{
    /// <summary>Younger processes still start: their memory is what the sample happened to see.</summary>
    public static readonly TimeSpan Youngest = TimeSpan.FromSeconds(5);

    private const double FirstEdgeSeconds = 5;
    private const double Widening = 1.5;

    /// <summary>Compares.</summary>
    /// <param name="samples">Of one role and one measure.</param>
    /// <param name="from">The comparison's beginning: what was before is warm-up.</param>
    /// <param name="to">Its end.</param>
    /// <returns>Null when nothing can be compared.</returns>
    public static Thirds? Of(IReadOnlyList<ResourceSample> samples, TimeSpan from, TimeSpan to)
    {
        TimeSpan third = (to - from) / 3;
        ResourceSample[] used = [.. samples.Where(sample => sample.At >= from && sample.At <= to && sample.Age >= Youngest)];
        ResourceSample[] first = [.. used.Where(sample => sample.At < from + third)];
        ResourceSample[] last = [.. used.Where(sample => sample.At >= to - third)];
        var both = first.Select(sample => sample.Pid).Intersect(last.Select(sample => sample.Pid)).ToHashSet();

        double logs = 0, weights = 0;
        List<double> firstValues = [], lastValues = [];
        foreach (var (earlier, later) in Groups(first, both).Join(Groups(last, both), group => group.Key, group => group.Key, (a, b) => (a, b)))
        {
            (double[] before, double[] after) = ([.. earlier.Select(s => s.Value)], [.. later.Select(s => s.Value)]);
            double weight = Math.Min(before.Length, after.Length);
            (double was, double became) = (Median(before), Median(after));
            if (was <= 0)
                continue;
            logs += weight * Math.Log(Math.Max(became, double.Epsilon) / was);
            weights += weight;
            firstValues.AddRange(before);
            lastValues.AddRange(after);
        }
        return weights == 0
            ? null
            : new Thirds(Median([.. firstValues]), Median([.. lastValues]), Math.Exp(logs / weights), (int)weights, Slope(used));
    }

    /// <summary>The median; of an even number, the mean of the two in the middle.</summary>
    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    // A process of both thirds is its own group; the others are grouped by age.
    private static IEnumerable<IGrouping<string, ResourceSample>> Groups(ResourceSample[] samples, HashSet<int> both) =>
        samples.GroupBy(sample => both.Contains(sample.Pid) ? $"process {sample.Pid}" : $"age {AgeBin(sample.Age)}");

    private static int AgeBin(TimeSpan age) => (int)Math.Floor(Math.Log(age.TotalSeconds / FirstEdgeSeconds, Widening));

    // Median of the slopes between the medians of twenty parts of the run: outliers and restarts do not move it.
    private static double Slope(ResourceSample[] samples)
    {
        if (samples.Length < 2)
            return 0;
        TimeSpan begin = samples.Min(sample => sample.At), length = samples.Max(sample => sample.At) - begin;
        if (length <= TimeSpan.Zero)
            return 0;
        var points = samples.GroupBy(sample => Math.Min(19, (int)(20 * ((sample.At - begin) / length))))
            .Select(part => (Minute: ThirdsComparison.Median([.. part.Select(s => s.At.TotalMinutes)]), Value: Median([.. part.Select(s => s.Value)])))
            .ToArray();
        double[] slopes =
        [
            .. from a in points
               from b in points
               where b.Minute > a.Minute
               select (b.Value - a.Value) / (b.Minute - a.Minute),
        ];
        return slopes.Length == 0 ? 0 : Median(slopes);
    }
}
