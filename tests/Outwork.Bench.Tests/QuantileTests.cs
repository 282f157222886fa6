using Outwork.Bench.Statistics;

namespace Outwork.Bench.Tests;

public sealed class QuantileTests
{
    [Theory]
    [InlineData(0.5, 50)]
    [InlineData(0.99, 99)]
    [InlineData(0.991, 100)]
    [InlineData(1.0, 100)]
    [InlineData(0.001, 1)]
    public void Of_1_to_100_is_the_nearest_rank(double quantile, double expected)
    {
        var samples = Enumerable.Range(1, 100).Select(i => (double)i).ToArray();

        Assert.Equal(expected, Quantile.Of(samples, quantile));
    }

    [Fact]
    public void Of_no_samples_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Of([], 0.5));

    [Theory]
    [InlineData(0)]
    [InlineData(-0.1)]
    [InlineData(1.01)]
    public void Of_a_share_that_is_none_is_refused(double quantile) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Of([1.0], quantile));

    [Fact]
    public void SortedUnion_puts_all_rounds_in_order_and_leaves_them_as_they_were()
    {
        double[] first = [3, 1], second = [2];

        Assert.Equal([1, 2, 3], Quantile.SortedUnion([first, second]));
        Assert.Equal([3, 1], first);
    }
}
