using Outwork.Soak.Judging;
using Outwork.Soak.Observed;
using Outwork.Soak.Planning;

namespace Outwork.Soak.Tests;

/// <summary>The invariant that whoever was hit is back in time.</summary>
public sealed class RecoveryTests
{
    private readonly JudgedSoak _soak = new();
    private readonly RoleTracker _roles;
    private readonly RecoveryJudge _judge;

    public RecoveryTests()
    {
        _roles = new RoleTracker(_soak.Clock, root: 0);
        _judge = new RecoveryJudge(new SoakLimits(), _soak.Clock, _roles, _soak.Violations);
    }

    [Fact]
    public void Recovers_fires_when_the_product_takes_longer_than_a_second()
    {
        Recover(FaultKind.KillProduct, seconds: 1.0);
        Assert.Empty(_soak.Violations.Violations);
        Recover(FaultKind.KillProduct, seconds: 1.3);
        Assert.Equal(Invariant.Recovers, _soak.Single().Invariant);
        Assert.Contains("the product came back after 1.30 s", _soak.Single().What);
    }

    [Fact]
    public void Recovers_fires_when_the_broker_takes_longer_than_five_seconds_from_the_stall()
    {
        Recover(FaultKind.StopBroker, seconds: 5.0);
        Assert.Empty(_soak.Violations.Violations);
        Recover(FaultKind.StopBroker, seconds: 5.2);
        Assert.All(_soak.Violations.Violations, static violation => Assert.Equal(Invariant.Recovers, violation.Invariant));
        Assert.NotEmpty(_soak.Violations.Violations);
    }

    [Fact]
    public void Recovers_fires_when_nothing_comes_back_and_the_soak_goes_on()
    {
        FaultWindow window = _soak.Begin(FaultKind.KillAgent);
        window.Lifted = _soak.Clock.Now;
        _soak.Pass(29);
        Assert.False(_judge.IsHopeless(window));
        _soak.Pass(2);
        Assert.True(_judge.IsHopeless(window));
        _judge.Judge(window, Before());
        Assert.Contains("not back", _soak.Single().What);
        Assert.NotNull(window.Over);
    }

    [Fact]
    public void Recovers_adds_the_documented_wait_before_a_restart()
    {
        // The third end in a row: the warden waits 400 ms, 300 more than the bar includes.
        for (int i = 1; i <= 3; i++)
        {
            _roles.Take(new() { [ProcessRoles.Product] = int.MaxValue - i });
            _roles.Take([]);
        }
        var before = Before();
        _roles.Take(new() { [ProcessRoles.Product] = int.MaxValue - 9 });
        Assert.Equal(TimeSpan.FromMilliseconds(300), _roles.ExtraWait(ProcessRoles.Product));

        Recover(FaultKind.KillProduct, seconds: 1.35, before);
        Assert.Empty(_soak.Violations.Violations);
        Recover(FaultKind.KillProduct, seconds: 1.5, before);
        Assert.Equal(Invariant.Recovers, _soak.Single().Invariant);
    }

    [Fact]
    public void Denial_proves_nothing_before_the_new_process_was_there()
    {
        FaultWindow window = _soak.Begin(FaultKind.KillBroker);
        _soak.Pass(0.1);
        _soak.Work.Add(_soak.Sample(WorkKinds.Refused, result: WorkKinds.PermissionDenied));
        Assert.Null(window.RuleBack);
        window.RuleProofFrom = _soak.Clock.Now;
        _soak.Work.Add(_soak.Sample(WorkKinds.Refused, seconds: 0.05, result: WorkKinds.PermissionDenied));
        Assert.Null(window.RuleBack);
        _soak.Pass(1);
        _soak.Work.Add(_soak.Sample(WorkKinds.Refused, result: WorkKinds.PermissionDenied));
        Assert.Equal(_soak.Clock.Now, window.RuleBack);
        Assert.Null(window.ProductBack);
    }

    [Fact]
    public void Restart_waits_are_doubled_up_to_five_seconds_and_forgotten_after_half_a_minute()
    {
        var model = new RestartModel();
        double[] extra = [.. Enumerable.Range(0, 8).Select(_ => { model.OnEnded(TimeSpan.FromSeconds(1)); return model.Extra.TotalMilliseconds; })];
        Assert.Equal([0, 100, 300, 700, 1500, 3100, 4900, 4900], extra);
        model.OnEnded(TimeSpan.FromSeconds(40));
        Assert.Equal(TimeSpan.Zero, model.Extra);
    }

    private void Recover(FaultKind kind, double seconds, Dictionary<string, RoleProcess?>? before = null)
    {
        FaultWindow window = _soak.Begin(kind);
        window.Lifted = _soak.Clock.Now;
        _soak.Pass(seconds);
        window.RuleBack = window.ProductBack = window.Over = _soak.Clock.Now;
        _judge.Judge(window, before ?? Before());
    }

    private Dictionary<string, RoleProcess?> Before() => ProcessRoles.Watched.ToDictionary(role => role, _roles.Of);
}
