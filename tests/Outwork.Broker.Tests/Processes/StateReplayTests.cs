using Outwork.Broker.Processes;
using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Broker.Tests.Processes;

/// <summary>Who comes late, or lost events on the way, is told what runs.</summary>
public sealed class StateReplayTests
{
    private const ulong Boot = 1;
    private readonly ManualTime _time = new();
    private readonly SessionRegistry _sessions;
    private readonly ProcessTable _table;
    private readonly StateReplay _replay;
    private readonly FakeProduct _product = new("guard");

    public StateReplayTests()
    {
        _sessions = new SessionRegistry(_time);
        _table = new ProcessTable(Boot, new ProcessTableOptions(), _time, containers: null);
        _table.Apply([.. Enumerable.Range(10, 20).Select(Process)], 0);
        _replay = new StateReplay(_sessions, _table, _time);
        _sessions.Add(_product.Session);
    }

    private static ProcessInfo Process(int pid) => new()
    {
        Id = ProcessId.From(Boot, pid, 100), Pid = pid, Executable = $"/bin/{pid}", Reconstructed = true,
    };

    private void Subscribe(params EventKind[] told) =>
        _product.Session.Subscribe(new SubscribeRequest("guard", 0, SubscribeRequest.Mask(told), WantsDescriptor: false, 1));

    private void ReplayAll()
    {
        for (int i = 0; i < 1_000 && _replay.Step(3); i++)
        {
            // In slices.
        }
    }

    [Fact]
    public void Late_subscriber_gets_every_process_and_then_the_end()
    {
        Subscribe(EventKind.Exec, EventKind.Exit);
        ReplayAll();
        Assert.Equal(21, _product.Events.Count);
        Assert.All(_product.Events, e => Assert.True(e.Reconstructed));
        Assert.Equal(Enumerable.Range(10, 20), _product.Events[..20].Select(e => e.Process!.Pid).Order());
        Assert.Equal((EventKind.StateComplete, "20 processes run"), (_product.Events[20].Kind, _product.Events[20].Detail));
        Assert.Equal((1ul, 20ul), (_replay.Completed, _replay.Sent));

        // Once told, a later subscription of the same kinds needs no second telling.
        Subscribe(EventKind.Exec, EventKind.Fork);
        ReplayAll();
        Assert.Equal(21, _product.Events.Count);
    }

    [Theory]
    [InlineData(EventKind.Fork, 20)]
    [InlineData(EventKind.Exit, 0)]
    public void Only_what_it_is_told_of_is_replayed(EventKind kind, int events)
    {
        Subscribe(kind);
        ReplayAll();
        Assert.Equal(events, _product.Events.Count(e => e.Kind == kind));
        Assert.Equal(EventKind.StateComplete, _product.Events[^1].Kind);
        Assert.Equal(events + 1, _product.Events.Count);
    }

    [Fact]
    public void Who_is_not_told_of_processes_gets_nothing()
    {
        Subscribe(EventKind.Decision);
        ReplayAll();
        Assert.Empty(_product.Events);
    }

    [Fact]
    public void Process_that_ends_during_the_replay_is_not_told_as_running()
    {
        Subscribe(EventKind.Exec);
        Assert.True(_replay.Step(1));
        for (int pid = 10; pid < 30; pid++)
            _table.Exited(new ProcessFacts(pid, 100, 1, 1, 0, 0, 0, 0, 0), 0);
        ReplayAll();
        Assert.Equal(2, _product.Events.Count);
    }

    [Fact]
    public void Session_without_room_is_waited_for()
    {
        _product.HasAmpleRoom = false;
        Subscribe(EventKind.Exec);
        Assert.False(_replay.Step(100));
        Assert.Empty(_product.Events);
        _product.HasAmpleRoom = true;
        ReplayAll();
        Assert.Equal(21, _product.Events.Count);
    }

    [Fact]
    public void Burst_lost_on_the_way_is_followed_by_what_runs_once_it_is_over()
    {
        Subscribe(EventKind.Exec);
        ReplayAll();
        _product.Events.Clear();
        for (int second = 0; second < 3; second++)
        {
            _product.Lost += 100;
            LookAndReplay();
            Assert.Empty(_product.Events);
        }
        LookAndReplay();
        Assert.Equal(21, _product.Events.Count);
        LookAndReplay();
        Assert.Equal(21, _product.Events.Count);
    }

    [Fact]
    public void Losses_without_end_are_repaired_now_and_then()
    {
        Subscribe(EventKind.Exec);
        ReplayAll();
        _product.Events.Clear();
        for (int second = 0; second < 35; second++)
        {
            _product.Lost += 100;
            LookAndReplay();
        }
        Assert.Equal(3, _product.Events.Count(e => e.Kind == EventKind.StateComplete));
    }

    [Fact]
    public void Loss_before_the_broker_is_not_replayed_since_its_repair_tells_the_difference()
    {
        Subscribe(EventKind.Exec);
        ReplayAll();
        _product.Events.Clear();
        _sessions.CountLost(EventKind.Exec, 100);
        LookAndReplay();
        LookAndReplay();
        Assert.Equal(100ul, _product.Lost);
        Assert.Empty(_product.Events);
    }

    private void LookAndReplay()
    {
        _time.Advance(TimeSpan.FromSeconds(1));
        _replay.LookForLosses();
        ReplayAll();
    }
}
