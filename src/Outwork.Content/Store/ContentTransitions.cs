using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>From staged to committed, or back. Each is one step of the state.</summary>
internal static class ContentTransitions
{
    public static ContentRefusal? BeginTry(ProductContent content, int most, out StagedContent? staged)
    {
        staged = null;
        if (Find(content, SlotPhase.Staged, SlotPhase.Trying) is not { } slot)
            return content.Refuse(ContentRefusalCode.NothingThere, "nothing is staged");
        SlotRecord record = content.State[slot]!;
        if (record.Tries >= most)
        {
            string reason = $"{record.Tries} trials began and none ended";
            Reject(content, slot, reason);
            return content.Refuse(ContentRefusalCode.TooManyTries, reason, record.Version);
        }

        if (content.ManifestOf(slot) is not { } manifest)
            throw new IOException($"{content.Paths.Manifest(slot)} cannot be read.");
        record = record with { Phase = SlotPhase.Trying, Tries = record.Tries + 1 };
        content.Step(content.State.With(slot, record), ContentEvent.TryBegun, record, $"trial {record.Tries} of {record.Version} began");
        staged = new StagedContent(content.Paths.Slot(slot), manifest, record);
        return null;
    }

    public static ContentRefusal? RecordTried(ProductContent content, bool passed, string text)
    {
        if (Find(content, SlotPhase.Trying) is not { } slot)
            return content.Refuse(ContentRefusalCode.NothingThere, "nothing is being tried");
        SlotRecord record = content.State[slot]!;
        if (passed)
            content.Step(content.State.With(slot, record with { Phase = SlotPhase.Tried }), ContentEvent.Tried, record, text);
        else
            Reject(content, slot, text);
        return null;
    }

    public static ContentRefusal? RecordUntried(ProductContent content, string text)
    {
        if (Find(content, SlotPhase.Trying) is not { } slot)
            return content.Refuse(ContentRefusalCode.NothingThere, "nothing is being tried");
        SlotRecord record = content.State[slot]!;
        content.Step(content.State.With(slot, record with { Phase = SlotPhase.Staged, Tries = record.Tries - 1 }), ContentEvent.Untried, record, text);
        return null;
    }

    public static ContentRefusal? Activate(ProductContent content)
    {
        if (Find(content, SlotPhase.Tried) is not { } slot)
            return content.Refuse(ContentRefusalCode.NothingThere, "nothing has passed its trial");
        ProductContentState state = content.State;
        SlotRecord record = state[slot]! with { Phase = SlotPhase.OnTrial, InForceSince = content.Now };
        if (state.Pin is { } pin && pin != record.Version)
            return content.Refuse(ContentRefusalCode.Pinned, $"the administrator wants {pin}", record.Version);
        content.Step(state.With(slot, record) with { InForce = slot }, ContentEvent.Activated, record, $"{record.Version} is in force, on trial{After(state)}");
        return null;
    }

    public static ContentRefusal? Commit(ProductContent content, CommitConditions administrator)
    {
        ProductContentState state = content.State;
        if (state.InForce is not { } slot || state[slot] is not { Phase: SlotPhase.OnTrial } record)
            return content.Refuse(ContentRefusalCode.NothingThere, "nothing is on trial");
        if (content.ManifestOf(slot) is not { } manifest)
            throw new IOException($"{content.Paths.Manifest(slot)} cannot be read.");
        int needed = administrator.Strictest(manifest.Commit).MinimumSeconds;
        double seconds = (content.Now - record.InForceSince!.Value).TotalSeconds;
        if (seconds < needed)
            return content.Refuse(ContentRefusalCode.TooEarly, $"on trial for {Math.Max(0, seconds):F0} s of {needed}", record.Version);
        ProductContentState next = state.With(slot, record with { Phase = SlotPhase.Committed }) with { LastKnownGood = slot };
        if (state.LastKnownGood is { } before)
            next = next.With(before, next[before]! with { Phase = SlotPhase.Retired });
        content.Step(next, ContentEvent.Committed, record, $"{record.Version} ran well for {seconds:F0} s and is the last known good");
        return null;
    }

    public static ContentRefusal? RollBack(ProductContent content, string reason, string? onTrial)
    {
        ProductContentState state = content.State;
        if (state[state.InForce] is not { } failed)
            return content.Refuse(ContentRefusalCode.NothingThere, "nothing is in force but the administrator's own content");
        if (onTrial is not null && (failed.Phase != SlotPhase.OnTrial || failed.Sha256 != onTrial))
            return content.Refuse(ContentRefusalCode.NothingThere, $"{failed.Version} is in force, and nothing of that digest on trial");
        ContentSlot? to = Before(state);
        content.Return(state, to, ContentEvent.RolledBack, reason, $"{failed.Version} was taken back: {reason}; {InForce(state[to])}");
        return null;
    }

    public static ContentRefusal? Pin(ProductContent content, string version)
    {
        ProductContentState state = content.State;
        ProductContentState next = state with { Pin = version };
        if (state[state.InForce]?.Version == version || state[Before(state)] is not { } before || before.Version != version)
        {
            content.Step(next, ContentEvent.Pinned, version, DigestOf(state, version), $"{version} is wanted and no other");
            return null;
        }

        content.Return(next, Before(state), ContentEvent.Pinned, deniedBecause: null, $"{version} is wanted and no other; {state[state.InForce]!.Version} made way");
        return null;
    }

    public static ContentRefusal? Unpin(ProductContent content)
    {
        if (content.State.Pin is not { } pin)
            return content.Refuse(ContentRefusalCode.NothingThere, "no version is pinned");
        content.Step(content.State with { Pin = null }, ContentEvent.Unpinned, pin, DigestOf(content.State, pin), $"the pin to {pin} was removed: what is published is wanted");
        return null;
    }

    public static ContentRefusal? Allow(ProductContent content, string version)
    {
        ProductContentState state = content.State;
        if (!state.Denied.Any(denied => denied.Version == version))
            return content.Refuse(ContentRefusalCode.NothingThere, "it is not denied", version);
        content.Step(
            state with { Denied = [.. state.Denied.Where(denied => denied.Version != version)] },
            ContentEvent.Allowed, version, DigestOf(state, version), $"{version} is allowed again");
        return null;
    }

    // The slot to return to.
    private static ContentSlot? Before(ProductContentState state)
    {
        ContentSlot other = ProductContentState.Other(state.InForce);
        return state.InForce is not null && state[other] is { Phase: SlotPhase.Committed or SlotPhase.Retired } ? other : null;
    }

    private static ContentSlot? Find(ProductContent content, params ReadOnlySpan<SlotPhase> phases)
    {
        foreach (ContentSlot slot in Enum.GetValues<ContentSlot>())
        {
            if (content.State[slot] is { } record && phases.Contains(record.Phase))
                return slot;
        }

        return null;
    }

    private static void Reject(ProductContent content, ContentSlot slot, string reason)
    {
        SlotRecord record = content.State[slot]!;
        content.Step(
            content.State.With(slot, record with { Phase = SlotPhase.RolledBack }).Deny(record, reason, content.Now),
            ContentEvent.Rejected, record, $"{record.Version} was rejected: {reason}");
    }

    private static string DigestOf(ProductContentState state, string version) =>
        state.A?.Version == version ? state.A.Sha256 : state.B?.Version == version ? state.B.Sha256 : "";

    private static string After(ProductContentState state) => state[state.InForce] is { } before ? $"; {before.Version} waits" : "";

    private static string InForce(SlotRecord? record) => record is null ? "the administrator's own content is in force" : $"{record.Version} is in force";
}
