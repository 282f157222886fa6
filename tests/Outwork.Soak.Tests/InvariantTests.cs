using Outwork.Soak.Judging;
using Outwork.Soak.Planning;
using Outwork.Soak.Statistics;

namespace Outwork.Soak.Tests;

/// <summary>Each invariant fires when what it forbids is seen, and only then.</summary>
public sealed class InvariantTests
{
    private const int NoSuchFile = 2;

    private readonly JudgedSoak _soak = new();

    [Fact]
    public void WorkSucceeds_fires_when_an_operation_fails_even_while_everything_is_hit()
    {
        _soak.Begin(FaultKind.KillBroker);
        _soak.Work.Add(_soak.Sample("file", result: NoSuchFile));
        Assert.Equal(Invariant.WorkSucceeds, _soak.Single().Invariant);
        Assert.Contains("errno 2", _soak.Single().What);
        Assert.Contains("KillBroker", Assert.Single(_soak.Single().LastFaults));
    }

    [Theory]
    [InlineData("start")]
    [InlineData("asked-chaos")]
    [InlineData("control-start")]
    public void WorkSucceeds_fires_when_what_nobody_denies_is_refused(string kind)
    {
        _soak.Work.Add(_soak.Sample(kind, result: WorkKinds.PermissionDenied));
        Assert.Equal(Invariant.WorkSucceeds, _soak.Single().Invariant);
    }

    [Fact]
    public void NobodyWaits_fires_after_the_deadline_and_not_before()
    {
        _soak.Waits.Add(_soak.Sample("asked", seconds: 1.05));
        _soak.Waits.Look(final: true);
        Assert.Empty(_soak.Violations.Violations);

        _soak.Waits.Add(_soak.Sample("asked", seconds: 1.2));
        _soak.Waits.Look(final: true);
        Assert.Equal(Invariant.NobodyWaits, _soak.Single().Invariant);
    }

    [Fact]
    public void NobodyWaits_allows_two_and_a_half_seconds_while_the_broker_is_hit_and_no_more()
    {
        _soak.Begin(FaultKind.StopBroker);
        _soak.Pass(5);
        _soak.Waits.Add(_soak.Sample("asked", seconds: 2.4));
        _soak.Waits.Look(final: true);
        Assert.Empty(_soak.Violations.Violations);

        _soak.Waits.Add(_soak.Sample("asked", seconds: 2.7));
        _soak.Waits.Look(final: true);
        Assert.Contains("the broker was hit", _soak.Single().What);
    }

    [Fact]
    public void NobodyWaits_allows_what_the_machine_itself_was_slow_at_the_same_time_and_at_no_other()
    {
        _soak.Waits.Add(_soak.Sample("control-start", seconds: 0.5));
        _soak.Waits.Add(_soak.Sample("asked", seconds: 1.5));
        _soak.Pass(3);
        _soak.Waits.Look();
        Assert.Empty(_soak.Violations.Violations);

        _soak.Waits.Add(_soak.Sample("asked", seconds: 1.5));
        _soak.Pass(3);
        _soak.Waits.Look();
        Assert.Equal(Invariant.NobodyWaits, _soak.Single().Invariant);
    }

    [Fact]
    public void NobodyWaits_fires_once_when_a_kind_of_work_is_silent()
    {
        _soak.Waits.Add(_soak.Sample("package"));
        _soak.Pass(29);
        _soak.Waits.Look();
        Assert.Empty(_soak.Violations.Violations);
        _soak.Pass(2);
        _soak.Waits.Look();
        _soak.Waits.Look();
        Assert.Contains("package", _soak.Single().What);
    }

    [Theory]
    [InlineData(WorkKinds.Refused, 0)]
    [InlineData(WorkKinds.Found, WorkKinds.NotExecutable)]
    public void DenialsHold_fires_when_something_runs_that_is_denied(string kind, int letThrough)
    {
        _soak.Work.Add(_soak.Sample(kind, result: WorkKinds.PermissionDenied));
        Assert.Empty(_soak.Violations.Violations);
        _soak.Work.Add(_soak.Sample(kind, result: letThrough));
        Assert.Equal(Invariant.DenialsHold, _soak.Single().Invariant);
    }

    [Theory]
    [InlineData(nameof(FaultKind.KillBroker), 0)]
    [InlineData(nameof(FaultKind.KillProduct), 1)]
    [InlineData(nameof(FaultKind.StarveProcessor), 1)]
    [InlineData(nameof(FaultKind.KillAgent), 2)]
    [InlineData(nameof(FaultKind.StopWarden), 2)]
    [InlineData(nameof(FaultKind.Chaos), 2)]
    public void DenialsHold_fires_for_what_the_fault_does_not_explain(string kind, int expected)
    {
        FaultWindow window = _soak.Begin(Enum.Parse<FaultKind>(kind));
        _soak.Pass(1);
        _soak.Work.Add(_soak.Sample(WorkKinds.Refused, result: 0));
        _soak.Work.Add(_soak.Sample(WorkKinds.Found, result: WorkKinds.NotExecutable));
        Assert.Equal(expected, _soak.Violations.Count);
        Assert.Equal(2 - expected, window.RuleAllowed + window.ProductAllowed);
    }

    [Fact]
    public void DenialsHold_fires_after_the_window_is_over()
    {
        FaultWindow window = _soak.Begin(FaultKind.KillBroker);
        _soak.Pass(1);
        window.Over = _soak.Clock.Now;
        _soak.Pass(1);
        _soak.Work.Add(_soak.Sample(WorkKinds.Refused, result: 0));
        Assert.Equal(Invariant.DenialsHold, _soak.Single().Invariant);
    }

    [Fact]
    public void DenialsHold_counts_what_a_demoted_product_declares()
    {
        _soak.Work.IsDemoted = true;
        _soak.Work.Add(_soak.Sample(WorkKinds.Found, result: WorkKinds.NotExecutable));
        Assert.Empty(_soak.Violations.Violations);
        Assert.Equal(1, _soak.Work.AllowedWhileDemoted);
        _soak.Work.Add(_soak.Sample(WorkKinds.Refused, result: 0));
        Assert.Equal(Invariant.DenialsHold, _soak.Single().Invariant);
    }

    [Fact]
    public void LossIsTold_fires_when_gaps_say_less_than_is_counted()
    {
        Look(0, 0);
        Look(300, 300);
        Assert.Empty(_soak.Violations.Violations);
        Assert.Equal((300ul, 1), (_soak.Losses.Told, _soak.Losses.Compared));
        Look(400, 399);
        Assert.Equal(Invariant.LossIsTold, _soak.Single().Invariant);
        Assert.Contains("100 events", _soak.Single().What);
    }

    [Fact]
    public void LossIsTold_fires_when_gaps_say_more_than_is_counted()
    {
        Look(0, 0);
        Look(5, 6);
        Assert.Equal(Invariant.LossIsTold, _soak.Single().Invariant);
    }

    [Fact]
    public void LossIsTold_begins_anew_with_a_session_and_waits_until_the_count_stands_still()
    {
        Look(100, 0);
        Look(7, 0, broker: 2);
        Assert.Empty(_soak.Violations.Violations);
        _soak.Losses.Look(2, 9, counted: 50, told: 0, _soak.Clock.Now);
        _soak.Losses.Look(2, 9, counted: 50, told: 43, _soak.Clock.Now);
        Assert.Empty(_soak.Violations.Violations);
    }

    [Fact]
    public void Flat_fires_when_memory_of_the_same_age_grows_by_more_than_a_twentieth()
    {
        Assert.Empty(Judge(growth: 0.04));
        string violation = Assert.Single(Judge(growth: 0.10));
        Assert.Contains("resident memory of the broker grew", violation);
    }

    [Fact]
    public void Flat_is_not_judged_in_a_short_run()
    {
        Assert.Empty(Judge(growth: 0.5, minutes: 5));
    }

    private void Look(ulong counted, ulong told, int broker = 1)
    {
        for (int i = 0; i <= LossLedger.StillLooks; i++)
            _soak.Losses.Look(broker, 9, counted, told, _soak.Clock.Now);
    }

    private static List<string> Judge(double growth, double minutes = 30)
    {
        TimeSpan length = TimeSpan.FromMinutes(minutes);
        var samples = new Dictionary<(string, string), List<ResourceSample>>
        {
            [("broker", Measures.Memory)] = ThirdsComparisonTests.Restarting(length, at => 50e6 * (1 + (growth * 1.5 * (at / length)))),
        };
        List<string> violations = [];
        FlatnessJudge.Judge(samples, length, new SoakLimits(), violations.Add);
        return violations;
    }
}
