using Outwork.Soak.Planning;

namespace Outwork.Soak.Judging;

/// <summary>
/// What succeeds and what is denied: work that fails is a violation at any time; what must be denied may run only within the window of a
/// fault that takes away the one that denies it. One thread.
/// </summary>
internal sealed class WorkJudge(FaultTimeline timeline, ViolationLog violations)
{
    /// <summary>What ran in windows that the product's rules declare: it was demoted, so the rule's on-failure applied.</summary>
    public int AllowedWhileDemoted { get; private set; }

    /// <summary>True while the status says that the product is demoted.</summary>
    public bool IsDemoted { get; set; }

    /// <summary>Takes one operation.</summary>
    public void Add(in WorkSample sample)
    {
        WorkSample one = sample;
        if (!WorkKinds.IsDenied(one.Kind))
        {
            if (one.Result != 0)
                violations.Add(Invariant.WorkSucceeds, one.Ended, $"{one.Kind} failed: {Meaning(one.Result)}");
            return;
        }

        if (one.Result == WorkKinds.PermissionDenied)
            timeline.Any(long.MinValue, long.MaxValue, window => NoteDenial(window, one));
        else if (WorkKinds.WasLetThrough(one))
            JudgeAllowed(one);
        else
            violations.Add(Invariant.WorkSucceeds, one.Ended, $"{one.Kind} was neither refused nor let through: {Meaning(one.Result)}");
    }

    // Only those after the proof's time tell that the new one judges. Looks at all windows that are not over.
    private static bool NoteDenial(FaultWindow window, in WorkSample denied)
    {
        if (window.Over is not null)
            return false;
        if (denied.Kind == WorkKinds.Refused && window.RuleProofFrom <= denied.Begun)
            window.RuleBack ??= denied.Ended;
        if (denied.Kind == WorkKinds.Found && window.ProductProofFrom <= denied.Begun)
            window.ProductBack ??= denied.Ended;
        return false;
    }

    private void JudgeAllowed(in WorkSample sample)
    {
        WorkSample one = sample;
        bool declared = timeline.Any(one.Begun, one.Ended, window => Covers(window, one));
        if (declared)
            return;
        if (one.Kind == WorkKinds.Found && IsDemoted)
        {
            AllowedWhileDemoted++;
            return;
        }
        string who = one.Kind == WorkKinds.Refused ? "a rule" : "the product";
        violations.Add(Invariant.DenialsHold, one.Ended, $"a program ran that {who} denies, after {one.Longest.TotalMilliseconds:0} ms, and nothing that was done explains it");
    }

    private static bool Covers(FaultWindow window, in WorkSample allowed)
    {
        bool isRule = allowed.Kind == WorkKinds.Refused;
        bool covers = window.Reach switch
        {
            FaultReach.Broker => true,
            FaultReach.Product or FaultReach.Machine => !isRule,
            _ => false,
        };
        if (!covers)
            return false;
        if (isRule)
        {
            window.RuleAllowed++;
            window.Open = (window.Open?.First ?? allowed.Begun, allowed.Ended);
        }
        else
        {
            window.ProductAllowed++;
        }
        return true;
    }

    private static string Meaning(int result) => result switch
    {
        WorkKinds.PermissionDenied => "refused (EPERM)",
        >= 2000 => $"the program ended with {result - 2000}",
        >= 1000 => $"the program was ended by signal {result - 1000}",
        0 => "nothing",
        _ => $"errno {result}",
    };
}
