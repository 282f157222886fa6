using Outwork.Warden.Supervision;

namespace Outwork.Warden.Tests;

public sealed class RestartBackoffTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Wait_of_a_process_that_keeps_ending_doubles_up_to_the_longest()
    {
        var backoff = new RestartBackoff(_time);
        double[] waits = [.. Enumerable.Range(0, 8).Select(_ => backoff.OnEnded().TotalMilliseconds)];
        Assert.Equal([100, 200, 400, 800, 1600, 3200, 5000, 5000], waits);
    }

    [Fact]
    public void Wait_after_thirty_healthy_seconds_is_the_shortest_again()
    {
        var backoff = new RestartBackoff(_time);
        _ = backoff.OnEnded();
        _ = backoff.OnEnded();
        backoff.OnStarted();
        _time.Advance(RestartBackoff.Healthy);
        Assert.Equal(RestartBackoff.Shortest, backoff.OnEnded());
    }

    [Fact]
    public void Wait_after_less_than_thirty_seconds_is_longer()
    {
        var backoff = new RestartBackoff(_time);
        _ = backoff.OnEnded();
        backoff.OnStarted();
        _time.Advance(RestartBackoff.Healthy - TimeSpan.FromMilliseconds(1));
        Assert.Equal(RestartBackoff.Shortest * 2, backoff.OnEnded());
    }

    [Fact]
    public void Fifth_death_within_a_minute_is_too_often()
    {
        var deaths = new DeathCount(_time);
        bool[] tooOften = [.. Enumerable.Range(0, 5).Select(_ => AddAfter(deaths, TimeSpan.FromSeconds(15)))];
        Assert.Equal([false, false, false, false, true], tooOften);
    }

    [Fact]
    public void Deaths_further_apart_are_not_too_often()
    {
        var deaths = new DeathCount(_time);
        Assert.All(Enumerable.Range(0, 20), _ => Assert.False(AddAfter(deaths, TimeSpan.FromSeconds(16))));
    }

    private bool AddAfter(DeathCount deaths, TimeSpan wait)
    {
        _time.Advance(wait);
        return deaths.Add();
    }
}
