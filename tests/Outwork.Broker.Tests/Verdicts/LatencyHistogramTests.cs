using Outwork.Broker.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

public sealed class LatencyHistogramTests
{
    private readonly LatencyHistogram _histogram = new("stage");

    [Fact]
    public void Empty_histogram_has_no_percentiles()
    {
        var snapshot = _histogram.Snapshot();
        Assert.Equal(("stage", 0ul, 0.0, 0.0, 0.0), (snapshot.Stage, snapshot.Count, snapshot.P50, snapshot.P99, snapshot.Max));
        Assert.Empty(snapshot.Buckets);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(400)]
    [InlineData(12_345)]
    [InlineData(2_000_000)]
    public void Percentile_is_never_below_and_at_most_a_quarter_above(int micros)
    {
        for (int i = 0; i < 100; i++) _histogram.Add(micros * 1_000L);
        var snapshot = _histogram.Snapshot();
        Assert.InRange(snapshot.P50, micros, micros * 1.26);
        Assert.InRange(snapshot.P99, micros, micros * 1.26);
        Assert.Equal(micros, snapshot.Max);
    }

    [Fact]
    public void Percentiles_are_of_ranks()
    {
        for (int i = 0; i < 98; i++) _histogram.Add(10_000);
        for (int i = 0; i < 2; i++) _histogram.Add(900_000);
        var snapshot = _histogram.Snapshot();
        Assert.InRange(snapshot.P50, 10, 13);
        Assert.InRange(snapshot.P99, 900, 1_130);
        Assert.Equal(100ul, snapshot.Count);
        Assert.Equal(100, snapshot.Buckets.Sum(static b => (long)b));
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(long.MaxValue / 2)]
    public void Any_time_is_counted(long nanoseconds)
    {
        _histogram.Add(nanoseconds);
        Assert.Equal(1ul, _histogram.Snapshot().Count);
        Assert.Equal(1, _histogram.Snapshot().Buckets.Sum(static b => (long)b));
    }
}
