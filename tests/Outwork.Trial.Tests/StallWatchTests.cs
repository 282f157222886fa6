using Outwork.Sdk.Testing;

namespace Outwork.Trial.Tests;

public sealed class StallWatchTests
{
    private readonly FakeClock _clock = new();
    private int _ended;

    [Fact]
    public void Thread_that_stands_still_ends_the_process()
    {
        using StallWatch watch = Create();
        watch.Turn();
        _clock.Advance(StallWatch.Limit);
        Assert.Equal(0, _ended);
        _clock.Advance(StallWatch.Limit / 5);
        Assert.NotEqual(0, _ended);
    }

    [Fact]
    public void Thread_that_goes_on_does_not()
    {
        using StallWatch watch = Create();
        for (int i = 0; i < 10; i++)
        {
            _clock.Advance(StallWatch.Limit / 2);
            watch.Turn();
        }

        Assert.Equal(0, _ended);
    }

    [Fact]
    public void Nothing_is_ended_after_the_trial()
    {
        Create().Dispose();
        _clock.Advance(10 * StallWatch.Limit);
        Assert.Equal(0, _ended);
    }

    private StallWatch Create() => new(_clock, () => _ended++);
}
