using Outwork.Bench.Statistics;

namespace Outwork.Bench.Tests;

public sealed class RatioEstimateTests
{
    private static readonly double[][] Bare = [[10, 10, 10], [20, 20, 20], [30, 30, 30]];

    [Fact]
    public void Ratio_to_itself_is_1_without_spread()
    {
        var ratio = RatioEstimate.Of(Bare, Bare, new Random(1));

        Assert.Equal(new RatioEstimate(1, 1, 1, 1, 1, 1), ratio);
    }

    [Fact]
    public void Ratio_of_a_steady_cost_is_found_although_the_machine_drifts_threefold()
    {
        var candidate = Bare.Select(round => round.Select(sample => sample * 1.1).ToArray()).ToArray();

        var ratio = RatioEstimate.Of(candidate, Bare, new Random(1));

        Assert.Equal(1.1, ratio.OfMedians, precision: 9);
        Assert.Equal(1.1, ratio.Low, precision: 9);
        Assert.Equal(1.1, ratio.High, precision: 9);
    }

    [Fact]
    public void Spread_is_that_of_the_rounds()
    {
        double[][] candidate = [[10], [10], [10], [10]], baseline = [[10], [10], [8], [5]];

        var ratio = RatioEstimate.Of(candidate, baseline, new Random(1));

        Assert.Equal(1.0, ratio.LowestRound);
        Assert.Equal(2.0, ratio.HighestRound);
        Assert.InRange(ratio.Low, 1.0, ratio.High);
        Assert.InRange(ratio.High, ratio.Low, 2.0);
        Assert.True(ratio.Low < ratio.High);
    }

    [Fact]
    public void Interval_of_a_seed_is_always_the_same()
    {
        double[][] candidate = [[11], [12], [13], [17]], baseline = [[10], [10], [11], [12]];

        Assert.Equal(RatioEstimate.Of(candidate, baseline, new Random(7)), RatioEstimate.Of(candidate, baseline, new Random(7)));
    }

    [Fact]
    public void Interval_holds_the_true_ratio_of_noisy_rounds_about_as_often_as_it_says()
    {
        // Twelve rounds with drift that both share and noise that they do not; true ratio 1.05.
        var random = new Random(42);
        var held = 0;
        for (var run = 0; run < 200; run++)
        {
            var candidate = new double[12][];
            var baseline = new double[12][];
            for (var round = 0; round < 12; round++)
            {
                var drift = 600 + 200 * random.NextDouble();
                baseline[round] = [drift * (1 + 0.04 * (random.NextDouble() - 0.5))];
                candidate[round] = [1.05 * drift * (1 + 0.04 * (random.NextDouble() - 0.5))];
            }
            var ratio = RatioEstimate.Of(candidate, baseline, random);
            if (ratio.Low <= 1.05 && 1.05 <= ratio.High)
                held++;
        }
        Assert.InRange(held, 165, 200);
    }

    [Fact]
    public void Rounds_that_do_not_pair_are_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => RatioEstimate.Of([[1.0]], Bare, new Random(1)));
}
