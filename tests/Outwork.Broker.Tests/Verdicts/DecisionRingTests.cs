using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

public sealed class DecisionRingTests
{
    private readonly DecisionRing _ring = new(4);

    [Fact]
    public void Latest_decisions_are_found_and_older_ones_are_gone()
    {
        Add(6);
        Assert.Equal([3ul, 4ul, 5ul, 6ul], _ring.Latest(10).Select(static r => r.Id));
        Assert.Equal([5ul, 6ul], _ring.Latest(2).Select(static r => r.Id));
        Assert.Equal(3ul, _ring.Find(3)?.Id);
        Assert.Null(_ring.Find(2));
        Assert.Null(_ring.Find(7));
        Assert.Null(_ring.Find(0));
        Assert.Null(_ring.Find(ulong.MaxValue));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Latest_none_is_none(int count)
    {
        Add(2);
        Assert.Empty(_ring.Latest(count));
    }

    [Fact]
    public void Empty_ring_has_nothing()
    {
        Assert.Empty(_ring.Latest(4));
        Assert.Equal((0ul, 1ul), (_ring.LastId, _ring.NextId));
    }

    private void Add(int count)
    {
        for (int i = 0; i < count; i++)
            _ring.Add(new DecisionRecord { Id = _ring.NextId, TimeUnixNs = 1, Kind = EventKind.Exec, Verdict = Verdict.Allow, Source = VerdictSource.Default });
    }
}
