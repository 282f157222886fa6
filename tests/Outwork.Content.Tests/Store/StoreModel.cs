using System.Collections.Immutable;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Store;

internal enum What
{
    Stage,
    BeginTry,
    Pass,
    Fail,
    Untried,
    Activate,
    Commit,
    RollBack,
    Pin,
    Unpin,
    Allow,
    Damage,
    Reopen,
}

internal readonly record struct Held(int Version, SlotPhase Phase)
{
    public override string ToString() => $"{StoreBench.Version(Version)}:{Phase}";
}

/// <summary>What the store should do, without slots, files or a disk.</summary>
internal sealed record StoreModel
{
    public Held? InForce { get; init; }

    public Held? Other { get; init; }

    public int Tries { get; init; }

    public int? Pin { get; init; }

    public ImmutableSortedSet<int> Denied { get; init; } = [];

    /// <summary>Whether there is such a product: something was staged.</summary>
    public bool Known { get; init; }

    public (StoreModel After, bool Accepted) Apply(What what, int version)
    {
        if (what != What.Stage && !Known)
            return (this, false);
        StoreModel? after = what switch
        {
            What.Stage => Stage(version),
            What.BeginTry when Other is { Phase: SlotPhase.Staged or SlotPhase.Trying } other =>
                Tries < 3 ? this with { Other = other with { Phase = SlotPhase.Trying }, Tries = Tries + 1 } : null,
            What.Pass when Other is { Phase: SlotPhase.Trying } other => this with { Other = other with { Phase = SlotPhase.Tried } },
            What.Fail when Other is { Phase: SlotPhase.Trying } other => Reject(other),
            What.Untried when Other is { Phase: SlotPhase.Trying } other => this with { Other = other with { Phase = SlotPhase.Staged }, Tries = Tries - 1 },
            What.Activate when Other is { Phase: SlotPhase.Tried } other && (Pin is null || Pin == other.Version) =>
                this with { InForce = other with { Phase = SlotPhase.OnTrial }, Other = InForce },
            What.Commit when InForce is { Phase: SlotPhase.OnTrial } trial =>
                this with { InForce = trial with { Phase = SlotPhase.Committed }, Other = Other is { } before ? before with { Phase = SlotPhase.Retired } : null },
            What.RollBack when InForce is { } failed => RollBack(failed),
            What.Damage when InForce is not null => this with { InForce = Restored(), Other = Restored() is null ? Other : null },
            What.Pin => PinTo(version),
            What.Unpin when Pin is not null => this with { Pin = null },
            What.Allow when Denied.Contains(version) => this with { Denied = Denied.Remove(version) },
            _ => null,
        };
        if (after is null && what == What.BeginTry && Other is { Phase: SlotPhase.Staged or SlotPhase.Trying } worn)
            return (Reject(worn), false);
        return (after ?? this, after is not null);
    }

    public override string ToString() =>
        $"{InForce?.ToString() ?? "-"} {Other?.ToString() ?? "-"}{(Other?.Phase == SlotPhase.Trying ? Tries : "")} pin={(Pin is { } pin ? StoreBench.Version(pin) : "")} denied={string.Join(',', Denied.Select(StoreBench.Version))}";

    private Held? Restored() => Other is { Phase: SlotPhase.Committed or SlotPhase.Retired } before ? before with { Phase = SlotPhase.Committed } : null;

    // With nothing to return to, what waits is kept rather than what failed.
    private StoreModel RollBack(Held failed) => this with
    {
        InForce = Restored(),
        Other = Restored() is null && Other is { } waits ? waits : failed with { Phase = SlotPhase.RolledBack },
        Denied = Denied.Add(failed.Version),
    };

    private StoreModel Reject(Held other) => this with { Other = other with { Phase = SlotPhase.RolledBack }, Denied = Denied.Add(other.Version) };

    private StoreModel? Stage(int version)
    {
        bool refused = Denied.Contains(version) || (Pin is { } pin && pin != version) || InForce?.Phase == SlotPhase.OnTrial || InForce?.Version == version
            || (Other is { Phase: SlotPhase.Staged or SlotPhase.Trying or SlotPhase.Tried } other && other.Version == version)
            || (Pin is null && version < InForce?.Version);
        return refused ? null : this with { Other = new Held(version, SlotPhase.Staged), Tries = 0, Known = true };
    }

    private StoreModel PinTo(int version)
    {
        if (InForce is not { } now || now.Version == version || Restored() is not { } before || before.Version != version)
            return this with { Pin = version };
        return this with { Pin = version, InForce = before, Other = now with { Phase = now.Phase == SlotPhase.OnTrial ? SlotPhase.Tried : SlotPhase.Retired } };
    }
}
