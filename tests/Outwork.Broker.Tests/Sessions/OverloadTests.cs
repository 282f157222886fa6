using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Sessions;

/// <summary>What a subscriber is not told while its ring fills up: the least valuable first, all of it counted (R6).</summary>
public sealed class OverloadTests
{
    private const int Storm = 500, FirstQuiet = 1_000, QuietProcesses = 20;
    private static readonly EventKind[] Told = [EventKind.Fork, EventKind.Exec, EventKind.Exit, EventKind.Decision, EventKind.ContentChange, EventKind.Demotion];
    private readonly ManualTime _time = new();
    private readonly SessionRegistry _sessions;
    private readonly FakeProduct _product = new("p", Told);
    private int _pid = 10_000;

    public OverloadTests()
    {
        _sessions = new SessionRegistry(_time);
        _sessions.Add(_product.Session);
    }

    [Fact]
    public void Nothing_is_shed_while_there_is_room()
    {
        _product.PercentUsed = 37;
        for (int i = 0; i < 2_000; i++) Spawn(Storm);
        Assert.Equal((6_000, 0ul), (_product.Events.Count, _product.Lost));
    }

    [Fact]
    public void Storm_of_one_process_among_quiet_ones_is_shed_alone()
    {
        _product.PercentUsed = 40;
        int stormy = 0, quiet = 0;
        for (int i = 0; i < 5_000; i++)
        {
            Spawn(Storm);
            stormy++;
            if (i % 10 != 0) continue;
            Spawn(FirstQuiet + (quiet++ % QuietProcesses));
        }
        // Until it is known as noisy it is told like all others.
        int told = _product.Events.Count(static e => e.Process!.ParentPid == Storm);
        Assert.InRange(told, 1, 40);
        Assert.Equal(quiet * 3, _product.Events.Count - told);
        Assert.Equal((ulong)((stormy * 3) - told), _product.Lost);
        Assert.All(Rows(), static loss => Assert.Equal(Storm, loss.Pid));
        Assert.Equal(_product.Lost, _sessions.ShedOfNoisiest);
    }

    [Fact]
    public void Two_storms_are_shed_both()
    {
        for (int i = 0; i < 1_000; i++)
        {
            Spawn(Storm);
            Spawn(Storm + 1);
        }
        _product.PercentUsed = 40;
        Spawn(Storm);
        Spawn(Storm + 1);
        Spawn(FirstQuiet);
        Assert.Equal([Storm, Storm + 1], Rows().Select(static r => r.Pid).Distinct().Order());
        Assert.Equal(6ul, _product.Lost);
    }

    [Fact]
    public void Load_of_many_processes_has_no_noisiest_and_goes_by_value()
    {
        for (int i = 0; i < 20_000; i++) Spawn(FirstQuiet + (i % 500));
        _product.PercentUsed = 40;
        for (int i = 0; i < 500; i++) Spawn(FirstQuiet + i);
        Assert.Equal(0ul, _product.Lost);
    }

    [Fact]
    public void Process_that_was_noisy_is_told_again_when_it_has_calmed_down()
    {
        for (int i = 0; i < 1_000; i++) Spawn(Storm);
        _product.PercentUsed = 40;
        Spawn(Storm);
        Assert.Equal(3ul, _product.Lost);
        _time.Advance(TimeSpan.FromSeconds(20));
        Spawn(Storm);
        Assert.Equal(3ul, _product.Lost);
    }

    [Theory]
    [InlineData(49, "Fork Exec Exit Decision ContentChange Demotion")]
    [InlineData(51, "Exec Decision ContentChange Demotion")]
    [InlineData(63, "Decision ContentChange Demotion")]
    [InlineData(74, "Decision ContentChange Demotion")]
    [InlineData(75, "")]
    public void Kinds_are_shed_by_value(int percentUsed, string expected)
    {
        _product.PercentUsed = percentUsed;
        TellOneOfEach();
        Assert.Equal(expected, string.Join(' ', _product.Events.Select(static e => e.Kind)));
        Assert.Equal((ulong)(Told.Length - _product.Events.Count), _product.Lost);
    }

    [Fact]
    public void Denials_of_the_noisiest_process_are_told_when_its_other_events_are_not()
    {
        for (int i = 0; i < 1_000; i++) Spawn(Storm);
        int before = _product.Events.Count;
        _product.PercentUsed = 60;
        _sessions.Notify(Decision(Verdict.Allow));
        _sessions.Notify(Decision(Verdict.Deny));
        Assert.Equal(Verdict.Deny, Assert.Single(_product.Events[before..]).Decision!.Verdict);
        Assert.Equal(new EventLoss(EventKind.Decision, Storm, 1), Assert.Single(Rows()));
    }

    [Fact]
    public void Observer_that_is_never_asked_may_use_the_room_of_questions()
    {
        var observer = new FakeProduct("agent", Told) { PercentUsed = 90 };
        observer.Session.Subscribe(new("agent", 0, Contracts.Wire.SubscribeRequest.Mask(Told), WantsDescriptor: false, 1));
        _sessions.Add(observer.Session);
        _product.PercentUsed = 90;
        _sessions.Notify(Decision(Verdict.Allow));
        Assert.Single(observer.Events);
        Assert.Empty(_product.Events);
    }

    [Fact]
    public void What_is_shed_adds_up_by_kind_and_process()
    {
        var random = new Random(7);
        ulong raised = 0;
        for (int i = 0; i < 20_000; i++)
        {
            _product.PercentUsed = random.Next(101);
            Spawn(random.Next(2) == 0 ? Storm : FirstQuiet + random.Next(200));
            _sessions.Notify(Decision((Verdict)random.Next(1, 4)));
            raised += 4;
            if (i % 100 == 0) _time.Advance(TimeSpan.FromMilliseconds(100));
        }
        ulong lost = _product.Lost;
        Assert.InRange(lost, 5_000ul, raised - 5_000);
        Assert.Equal(raised, lost + (ulong)_product.Events.Count);
        var rows = Rows();
        Assert.Equal(lost, rows.Aggregate(0ul, static (sum, row) => sum + row.Events));
        Assert.InRange(rows.Length, 4, LossAccount.MaxRows);
        foreach (var kind in new[] { EventKind.Fork, EventKind.Exec, EventKind.Exit, EventKind.Decision })
        {
            ulong told = (ulong)_product.Events.Count(e => e.Kind == kind);
            ulong ofKind = rows.Where(r => r.Kind == kind).Aggregate(0ul, static (sum, row) => sum + row.Events);
            Assert.Equal(20_000ul, told + ofKind);
            Assert.Equal(ofKind, _sessions.ShedOf(kind));
        }
    }

    [Fact]
    public void Questions_are_never_shed_however_full_the_ring_is()
    {
        var world = new EngineWorld(TestPolicies.Ask(Contracts.Verdicts.OnFailure.Closed));
        var product = world.Connect("p", Told);
        product.PercentUsed = 99;
        var e = world.Execute(new FakeFile(10, "/m/0") { ChangedNs = 1 });
        Assert.Single(product.Questions);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.Allow, e.Answer);
        while (world.Engine.Journal.TellSubscribers(100)) { }
        Assert.Empty(product.Events);
        Assert.Equal(1ul, product.Lost);
    }

    [Fact]
    public void Counting_who_is_noisy_allocates_nothing_and_keeps_to_its_table()
    {
        var rates = new ProcessRates(_time);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 1; i <= 100_000; i++)
        {
            rates.Count(i);
            rates.Count(i % 3 == 0 ? Storm : i);
        }
        bool isNoisy = rates.IsNoisy(Storm);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.True(isNoisy);
        Assert.False(rates.IsNoisy(100_000));
        Assert.False(rates.IsNoisy(0));
    }

    // A process starts another, which runs a program and ends.
    private void Spawn(int parent)
    {
        var child = Child(parent);
        foreach (var kind in new[] { EventKind.Fork, EventKind.Exec, EventKind.Exit })
            _sessions.Notify(new NotifyEvent { Kind = kind, TimeUnixNs = 1, Process = child });
    }

    private void TellOneOfEach()
    {
        Spawn(FirstQuiet);
        _sessions.Notify(Decision(Verdict.Allow));
        _sessions.Notify(new NotifyEvent { Kind = EventKind.ContentChange, TimeUnixNs = 1 });
        _sessions.Notify(new NotifyEvent { Kind = EventKind.Demotion, TimeUnixNs = 1 });
    }

    private ProcessInfo Child(int parent) => new() { Id = ProcessId.From(1, ++_pid, 1), Pid = _pid, ParentPid = parent };

    private NotifyEvent Decision(Verdict verdict) => new()
    {
        Kind = EventKind.Decision, TimeUnixNs = 1,
        Decision = new DecisionRecord { Id = 1, TimeUnixNs = 1, Kind = EventKind.Exec, Verdict = verdict, Source = VerdictSource.Rule, Pid = ++_pid, ParentPid = Storm },
    };

    private EventLoss[] Rows()
    {
        var rows = new EventLoss[LossAccount.MaxRows];
        return rows[.._product.Losses.CopyTo(rows)];
    }
}
