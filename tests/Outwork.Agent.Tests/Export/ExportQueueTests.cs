using Outwork.Agent.Export;
using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Tests.Export;

public sealed class ExportQueueTests
{
    private readonly AgentCounters _counters = new();

    [Fact]
    public void Full_queue_drops_the_oldest_process_events_and_keeps_every_decision()
    {
        ExportQueue queue = Create(100);
        for (int i = 0; i < 1000; i++)
            queue.Add(i % 20 == 0 ? SampleEvents.Decision((ulong)i) : SampleEvents.Fork() with { ExitCode = i });
        NotifyEvent[] taken = queue.TakeAll(out int count);
        NotifyEvent[] kept = taken[..count];
        Assert.Equal(50, kept.Count(notification => notification.Kind == EventKind.Decision));
        Assert.Equal(1000 - count, _counters[AgentCounter.ExportEventsShed]);
        Assert.Equal(0, _counters[AgentCounter.ExportDecisionsShed]);
        int[] forks = [.. kept.Where(notification => notification.Kind == EventKind.Fork).Select(notification => notification.ExitCode)];
        Assert.Equal(999, forks[^1]);
        Assert.Equal(forks.Order(), forks);
    }

    [Fact]
    public void Queue_full_of_decisions_drops_the_oldest_and_counts_them()
    {
        ExportQueue queue = Create(100);
        for (ulong id = 1; id <= 250; id++)
            queue.Add(SampleEvents.Decision(id));
        NotifyEvent[] taken = queue.TakeAll(out int count);
        Assert.Equal(250 - count, _counters[AgentCounter.ExportDecisionsShed]);
        Assert.Equal(250u, taken[count - 1].DecisionId);
        Assert.Equal((ulong)(250 - count + 1), taken[0].DecisionId);
    }

    [Fact]
    public void Everything_added_is_taken_once_in_order_or_counted()
    {
        ExportQueue queue = Create(64);
        var seen = new List<ulong>();
        for (ulong id = 1; id <= 10_000; id++)
        {
            queue.Add(SampleEvents.Decision(id));
            if (id % 50 != 0)
                continue;
            NotifyEvent[] taken = queue.TakeAll(out int count);
            seen.AddRange(taken.Take(count).Select(notification => notification.DecisionId));
        }

        Assert.Equal(10_000, seen.Count + _counters[AgentCounter.ExportDecisionsShed]);
        Assert.Equal(seen.Distinct().Order(), seen);
    }

    private ExportQueue Create(int capacity) => new(capacity, AgentCounter.ExportEventsShed, AgentCounter.ExportDecisionsShed, _counters);
}
