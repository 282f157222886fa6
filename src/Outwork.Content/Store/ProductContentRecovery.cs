namespace Outwork.Content.Store;

/// <summary>Finds out what of a product's content on the disk can be relied on: every byte of it, or not at all.</summary>
internal sealed class ProductContentRecovery(IContentFiles files, ContentPaths paths)
{
    /// <summary>The state that holds; <paramref name="fault"/> tells what was not as it was left, null when all was.</summary>
    public ProductContentState Load(IReadOnlyList<ContentHistoryEntry> history, DateTimeOffset now, out string? fault)
    {
        fault = null;
        if (files.KindOf(paths.Folder) != ContentEntryKind.Folder)
            return new ProductContentState();
        byte[]? bytes = files.ReadSmall(paths.State, ProductStateCodec.MaximumLength);
        string? damage = null;
        ProductContentState? state = bytes is null ? null : ProductStateCodec.Read(bytes, out damage);
        if (state is null)
        {
            // Without any of them there never was a state.
            if (files.KindOf(paths.State) == ContentEntryKind.None && files.KindOf(paths.Current) == ContentEntryKind.None && history.Count == 0)
                return new ProductContentState();
            state = new ProductStateSalvage(files, paths, history, now).Salvage(bytes, damage ?? "it is gone, too large or cannot be read", out string text);
            fault = text;
        }

        var faults = new List<string>();
        foreach (ContentSlot slot in Enum.GetValues<ContentSlot>())
        {
            if (state[slot] is { } record && SlotFolder.Fault(files, paths, slot, record.ManifestSha256) is { } found)
            {
                faults.Add($"{record.Version} is damaged: {found}");
                state = Drop(state, slot, now, faults);
            }
        }

        if (faults.Count != 0)
            fault = string.Join("; ", fault is null ? faults : [fault, .. faults]);
        return state;
    }

    /// <summary>Deletes what a power cut left unfinished and what no state tells of.</summary>
    public void Clean(ProductContentState state)
    {
        if (files.KindOf(paths.Folder) != ContentEntryKind.Folder)
            return;
        foreach (string name in files.List(paths.Folder))
        {
            if (name.EndsWith(ContentPaths.Unfinished, StringComparison.Ordinal))
                files.DeleteAll($"{paths.Folder}/{name}");
        }

        foreach (ContentSlot slot in Enum.GetValues<ContentSlot>())
        {
            if (state[slot] is null && (files.KindOf(paths.Slot(slot)) != ContentEntryKind.None || files.KindOf(paths.Manifest(slot)) != ContentEntryKind.None))
                SlotFolder.Clear(files, paths, slot);
        }
    }

    // What is in force is taken away; what was before comes back, if there is such a thing.
    private static ProductContentState Drop(ProductContentState state, ContentSlot slot, DateTimeOffset now, List<string> words)
    {
        ContentSlot other = ProductContentState.Other(slot);
        ProductContentState next = state.With(slot, null);
        if (state.InForce != slot)
            return state.LastKnownGood == slot ? next with { LastKnownGood = null } : next;
        if (next[other] is not { Phase: SlotPhase.Committed or SlotPhase.Retired } record)
        {
            words.Add("no other is there: the administrator's own content is in force");
            return next with { InForce = null, LastKnownGood = null };
        }

        words.Add($"{record.Version} is in force again");
        return next.With(other, record with { Phase = SlotPhase.Committed, InForceSince = now }) with { InForce = other, LastKnownGood = other };
    }
}
