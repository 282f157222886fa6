using Outwork.Broker.Processes;

namespace Outwork.Broker.Tests.Processes;

public sealed class RepairScheduleTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void Losses_without_end_are_repaired_once_a_second_and_once_more_after_the_last()
    {
        var schedule = new RepairSchedule(_time);
        Assert.False(schedule.IsDue);
        int repairs = 0;
        for (int ms = 0; ms < 10_000; ms += 50)
        {
            if (ms < 4_500) schedule.Want();
            if (schedule.IsDue)
            {
                repairs++;
                schedule.Begin();
                schedule.End(succeeded: true, TimeSpan.FromMilliseconds(10));
            }
            _time.Advance(TimeSpan.FromMilliseconds(50));
        }
        // At 0, 1, 2, 3 and 4 s, and the one for the losses since.
        Assert.Equal(6, repairs);
    }

    [Fact]
    public void Costly_repairs_are_rarer()
    {
        var schedule = new RepairSchedule(_time);
        schedule.Want();
        schedule.Begin();
        schedule.Want();
        Assert.False(schedule.IsDue);
        schedule.End(succeeded: true, TimeSpan.FromMilliseconds(500));
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(schedule.IsDue);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.True(schedule.IsDue);
    }

    [Fact]
    public void Failed_repair_is_tried_again()
    {
        var schedule = new RepairSchedule(_time);
        schedule.Want();
        schedule.Begin();
        schedule.End(succeeded: false, TimeSpan.Zero);
        Assert.False(schedule.IsDue);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(schedule.IsDue);
    }
}
