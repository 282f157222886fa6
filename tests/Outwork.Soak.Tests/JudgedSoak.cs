using Outwork.Soak.Judging;
using Outwork.Soak.Planning;

namespace Outwork.Soak.Tests;

/// <summary>The judges of a soak, on a clock that the test moves and with samples that it makes.</summary>
internal sealed class JudgedSoak
{
    private readonly ManualTime _time = new();

    public JudgedSoak()
    {
        Clock = new SoakClock(_time);
        Timeline = new FaultTimeline(Clock);
        Violations = new ViolationLog(Clock, Timeline);
        Work = new WorkJudge(Timeline, Violations);
        Waits = new WaitJudge(new SoakLimits(), Clock, Timeline, Violations);
        Losses = new LossLedger(Violations);
    }

    public SoakClock Clock { get; }

    public FaultTimeline Timeline { get; }

    public ViolationLog Violations { get; }

    public WorkJudge Work { get; }

    public WaitJudge Waits { get; }

    public LossLedger Losses { get; }

    /// <summary>Seconds pass.</summary>
    public void Pass(double seconds) => _time.Advance(seconds);

    public FaultWindow Begin(FaultKind kind) => Timeline.Begin(new PlannedFault(Timeline.Windows.Count + 1, TimeSpan.Zero, TimeSpan.Zero, kind, TimeSpan.Zero));

    /// <summary>An operation that began so long ago and has just ended.</summary>
    public WorkSample Sample(string kind, double seconds = 0.001, int result = 0)
    {
        long now = Clock.Now;
        return new WorkSample(kind, now - (long)(seconds * 1e9), now, TimeSpan.FromSeconds(seconds), 1, result);
    }

    /// <summary>The only violation there is.</summary>
    public Violation Single() => Assert.Single(Violations.Violations);
}
