using Outwork.Warden.Supervision;

namespace Outwork.Warden.Tests;

public sealed class BrokerRestartsTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Five_deaths_within_a_minute_make_the_next_tries_rare()
    {
        var restarts = new BrokerRestarts(_time);
        double[] waits = [.. Enumerable.Range(0, 10).Select(_ => Die(restarts, TimeSpan.FromSeconds(1)).TotalSeconds)];
        Assert.Equal([0.1, 0.2, 0.4, 0.8, 60, 120, 240, 480, 900, 900], waits);
        Assert.True(restarts.IsUnguarded);
        Assert.Equal(10, restarts.Count);
    }

    [Fact]
    public void Tries_stay_rare_until_one_has_run_for_half_a_minute()
    {
        var restarts = new BrokerRestarts(_time);
        for (int i = 0; i < 5; i++)
            _ = Die(restarts, TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(120, Die(restarts, TimeSpan.FromSeconds(29)).TotalSeconds);
        Assert.True(restarts.IsUnguarded);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(0.1, Die(restarts, TimeSpan.FromSeconds(30)).TotalSeconds);
        Assert.False(restarts.IsUnguarded);
    }

    [Fact]
    public void Broker_that_cannot_be_started_at_all_counts_as_dead()
    {
        var restarts = new BrokerRestarts(_time);
        for (int i = 0; i < 4; i++)
            _ = restarts.OnEnded();
        Assert.False(restarts.IsUnguarded);
        Assert.Equal(BrokerRestarts.ShortestRetry, restarts.OnEnded());
    }

    private TimeSpan Die(BrokerRestarts restarts, TimeSpan after)
    {
        restarts.OnStarted();
        _time.Advance(after);
        return restarts.OnEnded();
    }
}
