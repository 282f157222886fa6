namespace Outwork.Bench.Statistics;

/// <summary>What is told of one configuration's samples. Times in nanoseconds.</summary>
/// <param name="Count">Samples, over all rounds.</param>
/// <param name="Median">Nearest rank.</param>
/// <param name="P99">Nearest rank.</param>
/// <param name="Mean">Arithmetic mean.</param>
internal readonly record struct SampleSummary(int Count, double Median, double P99, double Mean)
{
    /// <summary>Summarises the samples of all rounds together.</summary>
    public static SampleSummary Of(IReadOnlyList<double[]> rounds)
    {
        var sorted = Quantile.SortedUnion(rounds);
        var sum = 0.0;
        foreach (var sample in sorted)
            sum += sample;
        return new SampleSummary(sorted.Length, Quantile.Of(sorted, 0.5), Quantile.Of(sorted, 0.99), sum / sorted.Length);
    }
}
