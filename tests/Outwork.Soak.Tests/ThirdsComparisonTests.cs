using Outwork.Soak.Statistics;

namespace Outwork.Soak.Tests;

public sealed class ThirdsComparisonTests
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(30);

    [Fact]
    public void Process_that_warms_up_after_each_restart_is_flat()
    {
        Thirds? thirds = ThirdsComparison.Of(Restarting(Length, static _ => 50e6), TimeSpan.Zero, Length);
        Assert.Equal(1, thirds!.Ratio, 0.005);
        Assert.InRange(Math.Abs(thirds.Slope), 0, 50e6 * 0.002);
    }

    [Fact]
    public void Restarts_that_come_more_often_in_the_last_third_hide_no_growth_and_make_none()
    {
        List<ResourceSample> samples = Restarting(Length, static at => at < Length / 2 ? 50e6 : 55e6, static at => at < Length / 2 ? 120 : 40);
        Assert.Equal(1.1, ThirdsComparison.Of(samples, TimeSpan.Zero, Length)!.Ratio, 0.01);
        samples = Restarting(Length, static _ => 50e6, static at => at < Length / 2 ? 120 : 40);
        Assert.Equal(1, ThirdsComparison.Of(samples, TimeSpan.Zero, Length)!.Ratio, 0.01);
    }

    [Fact]
    public void Process_that_lives_all_the_while_is_compared_with_itself()
    {
        var samples = Enumerable.Range(0, 1800).Select(static second => Sample(1, second, second, 10e6 + (1000 * second))).ToList();
        Thirds thirds = ThirdsComparison.Of(samples, TimeSpan.Zero, Length)!;
        Assert.Equal((10e6 + 1.5e6) / (10e6 + 0.3e6), thirds.Ratio, 0.001);
        Assert.Equal(60_000, thirds.Slope, 100.0);
    }

    [Fact]
    public void One_outlier_moves_nothing()
    {
        List<ResourceSample> samples = Restarting(Length, static _ => 50e6);
        samples[^20] = samples[^20] with { Value = 5e9 };
        Assert.Equal(1, ThirdsComparison.Of(samples, TimeSpan.Zero, Length)!.Ratio, 0.005);
    }

    [Fact]
    public void Nothing_of_the_same_age_is_no_comparison()
    {
        var samples = Enumerable.Range(0, 600).Select(static second => Sample(1, second, 6, 1)).ToList();
        samples.AddRange(Enumerable.Range(1200, 600).Select(static second => Sample(2, second, 500, 1)));
        Assert.Null(ThirdsComparison.Of(samples, TimeSpan.Zero, Length));
        Assert.Null(ThirdsComparison.Of([], TimeSpan.Zero, Length));
    }

    [Fact]
    public void Warm_up_does_not_count()
    {
        List<ResourceSample> samples = Restarting(Length, static at => at < TimeSpan.FromMinutes(3) ? 10e6 : 50e6);
        Assert.Equal(1, ThirdsComparison.Of(samples, Length / 10, Length)!.Ratio, 0.01);
    }

    [Theory]
    [InlineData(new[] { 3.0 }, 3)]
    [InlineData(new[] { 4.0, 1.0 }, 2.5)]
    [InlineData(new[] { 9.0, 1.0, 5.0 }, 5)]
    public void Median_is_the_middle(double[] values, double expected) => Assert.Equal(expected, ThirdsComparison.Median(values));

    /// <summary>A process that is started again and again, and takes a minute to have the memory it will have.</summary>
    internal static List<ResourceSample> Restarting(TimeSpan length, Func<TimeSpan, double> full, Func<TimeSpan, int>? life = null)
    {
        List<ResourceSample> samples = [];
        for (int second = 0, born = 0, pid = 1; second < length.TotalSeconds; second++)
        {
            var at = TimeSpan.FromSeconds(second);
            if (second - born >= (life?.Invoke(at) ?? 90))
                (born, pid) = (second, pid + 1);
            int age = second - born;
            samples.Add(Sample(pid, second, age, full(at) * (0.7 + (0.3 * Math.Min(1, age / 60.0)))));
        }
        return samples;
    }

    private static ResourceSample Sample(int pid, int second, int age, double value) =>
        new("broker", pid, TimeSpan.FromSeconds(second), TimeSpan.FromSeconds(age), value);
}
