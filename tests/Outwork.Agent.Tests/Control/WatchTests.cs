using System.Runtime.CompilerServices;
using Outwork.Agent.Control;
using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Tests.Control;

public sealed class WatchTests
{
    [Fact]
    public async Task Watcher_gets_decisions_and_gaps_but_no_process_events()
    {
        await using var agent = new ControlFixture();
        using ControlFixture.Peer peer = await WatchAsync(agent, all: false);
        agent.Watchers.Take(SampleEvents.Exec("ls"));
        agent.Watchers.Take(SampleEvents.Decision(7));
        agent.Watchers.Take(SampleEvents.Gap(3));
        agent.Watchers.EndBatch();
        Assert.Equal(7u, (await peer.ReceiveAsync())!.Event!.Decision!.Id);
        Assert.Equal(3u, (await peer.ReceiveAsync())!.Event!.Lost);
    }

    [Fact]
    public async Task Watcher_of_all_gets_process_events_in_order()
    {
        await using var agent = new ControlFixture();
        using ControlFixture.Peer peer = await WatchAsync(agent, all: true);
        NotifyEvent[] told = [SampleEvents.Fork(), SampleEvents.Exec("ls", "-l"), SampleEvents.Decision(), SampleEvents.Exit(2)];
        foreach (NotifyEvent notification in told)
            agent.Watchers.Take(notification);
        agent.Watchers.EndBatch();
        foreach (NotifyEvent notification in told)
            Assert.Equal(notification.Kind, (await peer.ReceiveAsync())!.Event!.Kind);
    }

    [Fact]
    public async Task Slow_watcher_misses_events_and_is_told_how_many_where_they_are_missing()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { WatchQueueEvents = 100 });
        using ControlFixture.Peer peer = await WatchAsync(agent, all: false);
        const int told = 20_000;
        for (ulong id = 1; id <= told; id++)
            agent.Watchers.Take(SampleEvents.Decision(id));
        agent.Watchers.EndBatch();

        ulong seen = 0;
        ulong lost = 0;
        ulong expected = 1;
        while (seen + lost < told)
        {
            NotifyEvent notification = (await peer.ReceiveAsync())!.Event!;
            if (notification.Kind == EventKind.Gap)
            {
                lost += notification.Lost;
                expected += notification.Lost;
                continue;
            }

            Assert.Equal(expected++, notification.DecisionId);
            seen++;
        }

        Assert.True(lost > 0);
        Assert.Equal(told, (long)(seen + lost));
        Assert.Equal((long)lost, agent.Counters[AgentCounter.WatchLost]);
        agent.Watchers.Take(SampleEvents.Decision(told + 1));
        agent.Watchers.EndBatch();
        Assert.Equal((ulong)told + 1, (await peer.ReceiveAsync())!.Event!.DecisionId);
    }

    [Fact]
    public async Task Watcher_that_never_reads_keeps_no_more_than_its_bounds_and_no_other_waiting()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { WatchQueueBytes = 64 * 1024 });
        using ControlFixture.Peer stuck = await WatchAsync(agent, all: false);
        using ControlFixture.Peer reading = await WatchAsync(agent, all: false);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        var received = new StrongBox<int>();
        Task counting = CountAsync(reading, 5000, received);
        for (ulong id = 1; id <= 5000; id++)
        {
            agent.Watchers.Take(SampleEvents.Decision(id));
            agent.Watchers.EndBatch();
            if (id % 50 == 0)
                await Eventually.HoldsAsync(() => Task.FromResult(Volatile.Read(ref received.Value) >= (int)id - 50));
        }

        await counting;
        Assert.Equal(5000, received.Value);
        Assert.True(GC.GetTotalMemory(forceFullCollection: true) - before < 4 * 1024 * 1024);
        Assert.True(agent.Counters[AgentCounter.WatchLost] > 0);
    }

    [Fact]
    public async Task Watcher_that_hangs_up_is_forgotten()
    {
        await using var agent = new ControlFixture(new ControlServerOptions { MaximumConnectionsPerUser = 1 });
        (await WatchAsync(agent, all: false)).Dispose();
        await Eventually.HoldsAsync(async () => (await agent.AskAsync(new ControlRequest { Operation = "status" })).Ok);
    }

    private static async Task<ControlFixture.Peer> WatchAsync(ControlFixture agent, bool all)
    {
        ControlFixture.Peer peer = await agent.ConnectAsync();
        await peer.SendAsync(new ControlRequest { Operation = "watch", All = all });
        Assert.True((await peer.ReceiveAsync())!.Ok);
        return peer;
    }

    /// <summary>Counts events, those in gaps too.</summary>
    private static async Task CountAsync(ControlFixture.Peer peer, int until, StrongBox<int> count)
    {
        while (count.Value < until)
        {
            NotifyEvent notification = (await peer.ReceiveAsync())!.Event!;
            Volatile.Write(ref count.Value, count.Value + (notification.Kind == EventKind.Gap ? (int)notification.Lost : 1));
        }
    }
}
