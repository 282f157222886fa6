using Outwork.Soak.Observed;
using Outwork.Soak.Planning;

namespace Outwork.Soak.Judging;

/// <summary>
/// Whoever was hit judges again in time: the broker within 5 s of the fault's beginning, a product within 1 s of its end, or of the end
/// of what held it, and the agent answers within 5 s. The bars hold for the shortest wait before a restart; a longer one, as documented, is added, and so is
/// the time for which the new process was ready to run and the machine gave it no processor (/proc/PID/schedstat).
/// </summary>
internal sealed class RecoveryJudge(SoakLimits limits, SoakClock clock, RoleTracker roles, ViolationLog violations)
{
    /// <summary>True when the end is so late that the soak goes on without it.</summary>
    public bool IsHopeless(FaultWindow window) =>
        window.Lifted is { } lifted && SoakClock.Between(lifted, clock.Now) > limits.BrokerBack + limits.Patience;

    /// <summary>Judges a window that is over or hopeless, and closes it.</summary>
    public void Judge(FaultWindow window, IReadOnlyDictionary<string, RoleProcess?> before)
    {
        FaultExpectation expected = FaultExpectation.Of(window.Fault.Kind);
        bool isBroker = window.Reach == FaultReach.Broker;
        long lifted = window.Lifted ?? window.Begun;
        // A pause of the broker is over when it goes on; that it comes at all is bounded by the wait for it.
        long from = FaultTraits.Of(window.Fault.Kind).EndsBroker ? window.Begun : lifted;
        TimeSpan limit = FaultTraits.Of(window.Fault.Kind).EndsBroker ? limits.BrokerBack : limits.ProductBack;

        if (window.Over is null)
        {
            window.Over = clock.Now;
            violations.Add(Invariant.Recovers, clock.Now, $"{window.Fault}: not back after {SoakClock.Between(from, clock.Now).TotalSeconds:0.0} s");
            return;
        }
        if (expected.Rule)
            Check(window, "the rules", from, window.RuleBack, limit, isBroker ? ProcessRoles.Broker : null, before);
        if (expected.Product)
            Check(window, "the product", from, window.ProductBack, limit, isBroker ? ProcessRoles.Broker : ProcessRoles.Product, before);
        if (expected.Agent)
            Check(window, "the agent", from, window.AgentBack, limits.BrokerBack, ProcessRoles.Agent, before);
    }

    private void Check(
        FaultWindow window, string what, long from, long? back, TimeSpan limit, string? role, IReadOnlyDictionary<string, RoleProcess?> before)
    {
        // None: the product is demoted, and says so; it comes back on trial.
        if (back is not { } at)
            return;
        TimeSpan took = SoakClock.Between(from, at), extra = TimeSpan.Zero, delay = TimeSpan.Zero;
        if (role is not null && roles.Of(role) is { } process && process.Pid != before[role]?.Pid)
        {
            extra = roles.ExtraWait(role);
            delay = ProcessFacts.RunDelay(process.Pid);
        }
        window.Back = took > window.Back ? took : window.Back;
        if (took <= limit + extra + delay + limits.Tolerance)
            return;
        violations.Add(
            Invariant.Recovers, at,
            $"{window.Fault}: {what} came back after {took.TotalSeconds:0.00} s; the limit was {limit.TotalSeconds:0.0} s"
            + $" + {extra.TotalSeconds:0.0} s of restart delay + {delay.TotalSeconds:0.00} s for which the new process got no processor");
    }
}
