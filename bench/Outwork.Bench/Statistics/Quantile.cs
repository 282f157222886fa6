namespace Outwork.Bench.Statistics;

/// <summary>Quantiles by nearest rank: the answer is always a sample that was measured, never an interpolation.</summary>
internal static class Quantile
{
    /// <summary>The smallest sample that at least the share <paramref name="quantile"/> of all samples does not exceed.</summary>
    /// <param name="sorted">Ascending, not empty.</param>
    /// <param name="quantile">Above 0, at most 1.</param>
    public static double Of(ReadOnlySpan<double> sorted, double quantile)
    {
        ArgumentOutOfRangeException.ThrowIfZero(sorted.Length);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(quantile);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(quantile, 1.0);
        return sorted[(int)Math.Ceiling(quantile * sorted.Length) - 1];
    }

    /// <summary>All rounds' samples in one ascending array.</summary>
    public static double[] SortedUnion(IReadOnlyList<double[]> rounds)
    {
        var all = rounds.SelectMany(round => round).ToArray();
        Array.Sort(all);
        return all;
    }
}
