using Outwork.Warden.Observation;

namespace Outwork.Warden.Tests;

public sealed class AttemptCountsTests
{
    [Fact]
    public void First_and_each_tenfold_of_a_call_and_target_are_told()
    {
        var counts = new AttemptCounts();
        int[] told = [.. Enumerable.Range(0, 1_000).Select(_ => counts.Add("openat", "/etc/shadow")).OfType<int>()];
        Assert.Equal([1, 10, 100, 1_000], told);
        Assert.Equal(1, counts.Add("openat", "/etc/passwd"));
        Assert.Equal(1, counts.Add("unlink", "/etc/shadow"));
    }

    [Fact]
    public void Targets_beyond_so_many_are_counted_by_call()
    {
        var counts = new AttemptCounts();
        int told = Enumerable.Range(0, 100_000).Count(i => counts.Add("openat", $"/etc/{i}") is not null);
        Assert.InRange(told, AttemptCounts.MostTargets, AttemptCounts.MostTargets + 5);
        Assert.Null(counts.Add("openat", "/etc/0"));
    }

    [Fact]
    public void Budget_lets_a_burst_pass_and_then_so_many_a_second()
    {
        var time = new ManualTime();
        var budget = new CallBudget(3, 10, time);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(TimeSpan.Zero, budget.Pause);
            budget.Take();
        }

        Assert.InRange(budget.Pause.TotalMilliseconds, 99, 101);
        time.Advance(TimeSpan.FromMilliseconds(150));
        Assert.Equal(TimeSpan.Zero, budget.Pause);
        budget.Take();
        Assert.InRange(budget.Pause.TotalMilliseconds, 49, 51);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, budget.Pause);
    }
}
