using System.Text.Json.Serialization;

namespace Outwork.Content.Store;

/// <summary>The state of one product's content; <c>state.json</c> holds it. Immutable: each transition makes another.</summary>
public sealed record ProductContentState
{
    /// <summary>The most versions that are remembered as denied.</summary>
    public const int MaximumDenied = 256;

    /// <summary>Version of the disk format.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Steps so far.</summary>
    public long Sequence { get; init; }

    /// <summary>The slot in force; null for none: the administrator's own folder is.</summary>
    public ContentSlot? InForce { get; init; }

    /// <summary>The slot to return to when the one in force fails; null for none. The one in force itself once that is committed.</summary>
    public ContentSlot? LastKnownGood { get; init; }

    /// <summary>The one version that the administrator wants; null for any.</summary>
    public string? Pin { get; init; }

    /// <summary>What is in slot a; null for nothing.</summary>
    public SlotRecord? A { get; init; }

    /// <summary>What is in slot b; null for nothing.</summary>
    public SlotRecord? B { get; init; }

    /// <summary>Versions that failed, the oldest first.</summary>
    public IReadOnlyList<DeniedVersion> Denied { get; init; } = [];

    /// <summary>The last step, so that the history has it even when the power was cut before it was written there.</summary>
    public ContentHistoryEntry? Last { get; init; }

    /// <summary>What is in a slot.</summary>
    public SlotRecord? this[ContentSlot? slot] => slot switch { ContentSlot.A => A, ContentSlot.B => B, _ => null };

    /// <summary>
    /// The slot that new content goes to: never the one in force, and with one on trial there is none that is free. With nothing in force it takes the place of what
    /// is there, so that what waits is always one thing, and counted.
    /// </summary>
    [JsonIgnore]
    public ContentSlot? Free => this[InForce]?.Phase == SlotPhase.OnTrial ? null : InForce is null && B is not null ? ContentSlot.B : Other(InForce);

    /// <summary>Bytes that it is counted with.</summary>
    [JsonIgnore]
    public long DiskBytes => (A?.DiskBytes ?? 0) + (B?.DiskBytes ?? 0);

    /// <summary>The other slot; a when there is none.</summary>
    public static ContentSlot Other(ContentSlot? slot) => slot == ContentSlot.A ? ContentSlot.B : ContentSlot.A;

    /// <summary>With something else in a slot.</summary>
    public ProductContentState With(ContentSlot slot, SlotRecord? record) => slot == ContentSlot.A ? this with { A = record } : this with { B = record };

    /// <summary>With a version denied.</summary>
    public ProductContentState Deny(SlotRecord record, string reason, DateTimeOffset at) => this with
    {
        Denied =
        [
            .. Denied.Where(d => d.Version != record.Version).TakeLast(MaximumDenied - 1),
            DeniedVersion.Of(record.Vendor, record.Version, record.Sha256, reason, at),
        ],
    };

    /// <summary>Whether it can be: what is in force is in a slot and on trial or committed, and so on. Null, or what is wrong.</summary>
    public string? Fault()
    {
        SlotRecord? inForce = this[InForce];
        if (InForce is null && A is not null && B is not null)
            return "both slots are taken and nothing is in force";
        if (InForce is null && (A ?? B)?.Phase is SlotPhase.OnTrial or SlotPhase.Committed)
            return "something is on trial or committed and nothing is in force";
        if (InForce is not null && inForce?.Phase is not (SlotPhase.OnTrial or SlotPhase.Committed))
            return "what is in force is neither on trial nor committed";
        if (LastKnownGood is not null && this[LastKnownGood]?.Phase != SlotPhase.Committed)
            return "the last known good is not committed";
        if (InForce is null && LastKnownGood is not null)
            return "there is a last known good and nothing in force";
        if (inForce?.Phase == SlotPhase.Committed && LastKnownGood != InForce)
            return "what is committed and in force is not the last known good";
        if (inForce?.Phase == SlotPhase.OnTrial && LastKnownGood == InForce)
            return "what is on trial is the last known good";
        if (InForce is not null && this[Other(InForce)]?.Phase == SlotPhase.OnTrial)
            return "something is on trial and not in force";
        SlotRecord? other = this[Other(InForce)];
        return other?.Phase == SlotPhase.Committed && LastKnownGood != Other(InForce) ? "something committed is neither in force nor the last known good" : null;
    }
}
