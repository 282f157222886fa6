using Outwork.Soak.Planning;

namespace Outwork.Soak.Judging;

/// <summary>
/// One fault as it was done: from its beginning until whoever was hit judges again. Within it, and only as far as the fault reaches,
/// protection may be missing: the window of failure-open that is declared, measured and bounded. Times are those of <see cref="SoakClock"/>.
/// Guarded by the timeline's lock.
/// </summary>
internal sealed class FaultWindow(PlannedFault fault, long begun)
{
    /// <summary>What was done.</summary>
    public PlannedFault Fault => fault;

    /// <summary>How far it reaches.</summary>
    public FaultReach Reach => FaultTraits.Of(fault.Kind).Reach;

    /// <summary>Just before it was done.</summary>
    public long Begun => begun;

    /// <summary>When its cause was taken away; null while it lasts. What is a moment is over at once.</summary>
    public long? Lifted { get; set; }

    /// <summary>From here on a denial by a rule shows that the broker judges again; null while that is not known (no new broker is there).</summary>
    public long? RuleProofFrom { get; set; }

    /// <summary>The same for a denial by the product.</summary>
    public long? ProductProofFrom { get; set; }

    /// <summary>When the first denial by a rule after <see cref="RuleProofFrom"/> was seen.</summary>
    public long? RuleBack { get; set; }

    /// <summary>When the first denial by the product after <see cref="ProductProofFrom"/> was seen.</summary>
    public long? ProductBack { get; set; }

    /// <summary>When the agent was first seen to answer.</summary>
    public long? AgentBack { get; set; }

    /// <summary>The longest of what came back, from the fault's beginning or the end of its cause, as the limit counts.</summary>
    public TimeSpan Back { get; set; }

    /// <summary>When all was as before; null while it is not.</summary>
    public long? Over { get; set; }

    /// <summary>Programs that a rule denies, and that ran.</summary>
    public int RuleAllowed { get; set; }

    /// <summary>Programs that the product denies, and that ran.</summary>
    public int ProductAllowed { get; set; }

    /// <summary>First and last time that a program ran which a rule denies.</summary>
    public (long First, long Last)? Open { get; set; }

    /// <summary>The longest wait of an operation in it.</summary>
    public TimeSpan LongestWait { get; set; }

    /// <summary>How long all denied programs could run; zero when none did.</summary>
    public TimeSpan OpenFor => Open is { } open ? SoakClock.Between(open.First, open.Last) : TimeSpan.Zero;

    /// <summary>True when the window has a part in the time given.</summary>
    public bool Overlaps(long from, long to) => begun <= to && (Over is not { } over || over >= from);
}
