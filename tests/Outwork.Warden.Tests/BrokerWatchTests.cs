using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;
using Outwork.Warden.Supervision;

namespace Outwork.Warden.Tests;

public sealed class BrokerWatchTests : IDisposable
{
    private readonly ProgressPage _progress = ProgressPage.Create();
    private readonly FakeBroker _broker = new();

    public void Dispose()
    {
        _progress.Dispose();
        _broker.Dispose();
    }

    [Fact]
    public void Broker_that_stops_turning_is_ended_after_two_seconds()
    {
        using var watch = new BrokerWatch(_progress);
        _progress.Advance();
        watch.Start();
        long began = Environment.TickCount64;
        watch.Watch(_broker);
        Assert.True(_broker.Killed.Wait(TimeSpan.FromSeconds(10)));
        Assert.InRange(Environment.TickCount64 - began, 1_750, 3_500);
        Assert.True(watch.HasEnded(_broker));
    }

    [Fact]
    public void Broker_that_has_not_turned_yet_has_longer()
    {
        using var watch = new BrokerWatch(_progress);
        watch.Start();
        watch.Watch(_broker);
        Assert.False(_broker.Killed.Wait(TimeSpan.FromSeconds(3.5)));
        Assert.False(watch.HasEnded(_broker));
    }

    [Fact]
    public void Way_to_end_a_broker_is_gone_once_before_it_guards()
    {
        using var watch = new BrokerWatch(_progress);
        watch.Start();
        watch.Watch(_broker);
        Assert.True(_broker.Prepared);
        using LaunchedProcess real = new LinuxProcessLauncher().Start(new ProcessSpec { Program = "/bin/sleep", Arguments = ["1000"] }).Process!;
        watch.Watch(real);
        Assert.Null(real.WaitForExit(TimeSpan.FromMilliseconds(100)));
        watch.Watch(null);
        real.Kill();
        Assert.Equal(new ProcessExit(0, 9), real.WaitForExit(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void Thread_that_watches_allocates_nothing()
    {
        using var watch = new BrokerWatch(_progress);
        _progress.Advance();
        watch.Start();
        watch.Watch(_broker);
        Assert.True(_broker.Killed.Wait(TimeSpan.FromSeconds(10)));
        long first = _broker.AllocatedByKiller;
        _broker.Killed.Reset();
        Assert.True(_broker.Killed.Wait(TimeSpan.FromSeconds(10)));
        Assert.Equal(first, _broker.AllocatedByKiller);
    }

    private sealed class FakeBroker : LaunchedProcess
    {
        public ManualResetEventSlim Killed { get; } = new();

        public long AllocatedByKiller { get; private set; }

        public bool Prepared { get; private set; }

        public override int ProcessId => 1;

        public override SafeHandle Handle { get; } = new SafeFileHandle(-1, ownsHandle: false);

        public override ProcessExit? TryGetExit() => null;

        public override ProcessExit? WaitForExit(TimeSpan timeout) => null;

        public override void RequestEnd()
        {
        }

        public override void PrepareKill() => Prepared = true;

        public override void Kill()
        {
            AllocatedByKiller = GC.GetAllocatedBytesForCurrentThread();
            Killed.Set();
        }

        protected override void Dispose(bool disposing) => Killed.Dispose();
    }
}
