using Outwork.Soak.Judging;
using Outwork.Soak.Observed;
using Outwork.Soak.Planning;

namespace Outwork.Soak.Injection;

/// <summary>
/// Goes through the plan, one fault after the other: does it, takes its cause away, and waits until whoever was hit is back, in time or
/// not, before the next.
/// </summary>
internal sealed class FaultRunner(
    FaultInjector injector, FaultTimeline timeline, RecoveryJudge judge, RoleTracker roles, StatusWatch status, SoakClock clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs until the plan is done or the time is over; a fault that has begun is always finished.</summary>
    public async Task RunAsync(IReadOnlyList<PlannedFault> plan, CancellationToken cancel)
    {
        TimeSpan over = TimeSpan.Zero;
        foreach (PlannedFault fault in plan)
        {
            TimeSpan due = fault.NotBefore > over + fault.Pause ? fault.NotBefore : over + fault.Pause;
            if (!await DelayAsync(due - clock.Elapsed, cancel))
                return;
            await RunAsync(fault, cancel);
            over = clock.Elapsed;
        }
    }

    private async Task RunAsync(PlannedFault fault, CancellationToken cancel)
    {
        var before = ProcessRoles.Watched.ToDictionary(role => role, roles.Of);
        FaultWindow window = timeline.Begin(fault);
        Func<Task> lift = await injector.InjectAsync(fault, CancellationToken.None);
        await DelayAsync(fault.Duration, cancel);
        await lift();
        timeline.Change(window, w => w.Lifted = clock.Now);
        while (!IsOver(window, before) && !judge.IsHopeless(window))
            await Task.Delay(Look, clock.Time, CancellationToken.None);
        judge.Judge(window, before);
    }

    // Sets from when on a denial proves something, and tells whether all that is needed was seen.
    private bool IsOver(FaultWindow window, Dictionary<string, RoleProcess?> before)
    {
        RoleProcess?[] renewed = [.. FaultExpectation.Renewed(window.Fault.Kind).Select(role => Renewed(role, before))];
        if (renewed.Contains(null))
            return false;
        long lifted = window.Lifted ?? clock.Now;
        long proofFrom = renewed.OfType<RoleProcess>().Select(process => process.SeenAt).Append(lifted).Max();
        return timeline.Change(window, w =>
        {
            FaultExpectation expected = FaultExpectation.Of(w.Fault.Kind);
            w.RuleProofFrom ??= proofFrom;
            w.ProductProofFrom ??= proofFrom;
            bool agentIsBack = !expected.Agent || status.AnsweredAt >= proofFrom;
            if (expected.Agent && agentIsBack)
                w.AgentBack ??= clock.Now;
            if ((expected.Rule && w.RuleBack is null) || (expected.Product && w.ProductBack is null && !status.IsProductDemoted) || !agentIsBack)
                return false;
            w.Over ??= new[] { expected.Rule ? w.RuleBack : null, expected.Product ? w.ProductBack : null, w.AgentBack, lifted }.Max();
            return true;
        });
    }

    private RoleProcess? Renewed(string role, Dictionary<string, RoleProcess?> before) =>
        roles.Of(role) is { } now && now.Pid != before[role]?.Pid ? now : null;

    private async Task<bool> DelayAsync(TimeSpan span, CancellationToken cancel)
    {
        if (span <= TimeSpan.Zero)
            return !cancel.IsCancellationRequested;
        try
        {
            await Task.Delay(span, clock.Time, cancel);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
