using Outwork.Bench.Statistics;

namespace Outwork.Bench.Tests;

public sealed class SampleSummaryTests
{
    [Fact]
    public void Summary_counts_all_rounds_and_an_outlier_moves_the_mean_only()
    {
        var steady = Enumerable.Repeat(10.0, 998).ToArray();
        var summary = SampleSummary.Of([steady, [10.0, 100_000.0]]);

        Assert.Equal(1000, summary.Count);
        Assert.Equal(10, summary.Median);
        Assert.Equal(10, summary.P99);
        Assert.Equal(109.99, summary.Mean, precision: 6);
    }

    [Fact]
    public void Summary_p99_shows_two_percent_of_slow_operations()
    {
        var samples = Enumerable.Range(0, 1000).Select(i => i < 20 ? 500.0 : 10.0).ToArray();

        Assert.Equal(500, SampleSummary.Of([samples]).P99);
    }
}
