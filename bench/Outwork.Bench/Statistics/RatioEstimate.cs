namespace Outwork.Bench.Statistics;

/// <summary>How much a configuration costs compared with another, measured in interleaved rounds of one run.</summary>
/// <param name="OfMedians">Ratio of the medians over all rounds: the number that the bars judge.</param>
/// <param name="OfP99">Ratio of the 99th percentiles over all rounds.</param>
/// <param name="LowestRound">Smallest ratio of medians of any single round.</param>
/// <param name="HighestRound">Largest ratio of medians of any single round.</param>
/// <param name="Low">Lower end of the 95 % interval of <paramref name="OfMedians"/>.</param>
/// <param name="High">Upper end of it.</param>
internal readonly record struct RatioEstimate(
    double OfMedians, double OfP99, double LowestRound, double HighestRound, double Low, double High)
{
    private const int Resamples = 2_000;

    /// <summary>
    /// Compares round by round. The interval is a bootstrap over whole rounds, because samples of one round share the
    /// state of the machine and are not independent, while a round of both configurations was taken side by side.
    /// </summary>
    /// <param name="candidate">One array of samples a round.</param>
    /// <param name="baseline">The same rounds of the other configuration, in the same order.</param>
    /// <param name="random">Seeded by the caller, so that a report can be made again from its samples.</param>
    public static RatioEstimate Of(IReadOnlyList<double[]> candidate, IReadOnlyList<double[]> baseline, Random random)
    {
        ArgumentOutOfRangeException.ThrowIfZero(candidate.Count);
        ArgumentOutOfRangeException.ThrowIfNotEqual(baseline.Count, candidate.Count);

        var candidateMedians = candidate.Select(Median).ToArray();
        var baselineMedians = baseline.Select(Median).ToArray();
        var ofRounds = candidateMedians.Zip(baselineMedians, (mine, theirs) => mine / theirs).ToArray();

        var whole = SampleSummary.Of(candidate);
        var reference = SampleSummary.Of(baseline);
        var (low, high) = Interval(candidateMedians, baselineMedians, random);
        return new RatioEstimate(
            whole.Median / reference.Median, whole.P99 / reference.P99, ofRounds.Min(), ofRounds.Max(), low, high);
    }

    private static (double Low, double High) Interval(double[] candidate, double[] baseline, Random random)
    {
        var ratios = new double[Resamples];
        var mine = new double[candidate.Length];
        var theirs = new double[candidate.Length];
        for (var resample = 0; resample < Resamples; resample++)
        {
            for (var i = 0; i < candidate.Length; i++)
            {
                var round = random.Next(candidate.Length);
                mine[i] = candidate[round];
                theirs[i] = baseline[round];
            }
            ratios[resample] = mine.Average() / theirs.Average();
        }
        Array.Sort(ratios);
        return (Quantile.Of(ratios, 0.025), Quantile.Of(ratios, 0.975));
    }

    private static double Median(double[] samples)
    {
        var sorted = (double[])samples.Clone();
        Array.Sort(sorted);
        return Quantile.Of(sorted, 0.5);
    }
}
