using Outwork.Content.Packages;

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
            // Without a link there never was a state, or nothing to save.
            if (files.KindOf(paths.State) == ContentEntryKind.None && files.KindOf(paths.Current) == ContentEntryKind.None)
                return new ProductContentState();
            state = Salvage(history, now, damage ?? "it is gone or too large", out string text);
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

    // The state is lost. What the link leads to was in force; if it is whole by its own manifest, it stays.
    private ProductContentState Salvage(IReadOnlyList<ContentHistoryEntry> history, DateTimeOffset now, string damage, out string text)
    {
        if (files.KindOf(paths.State) != ContentEntryKind.None)
        {
            files.DeleteAll(paths.State + ".damaged");
            files.Rename(paths.State, paths.State + ".damaged");
        }

        text = $"state.json could not be used: {damage}; what was denied or pinned is forgotten";
        var state = new ProductContentState { Sequence = history.Count == 0 ? 0 : history[^1].Sequence };
        ContentSlot? slot = (files.KindOf(paths.Current) == ContentEntryKind.Link ? files.ReadLink(paths.Current) : null) switch { "a" => ContentSlot.A, "b" => ContentSlot.B, _ => null };
        if (slot is not { } led || SlotFolder.ReadManifest(files, paths, led, sha256: null) is not { } manifest || manifest.Product != paths.Folder)
            return state;
        byte[] json = PackageManifestWriter.Write(manifest);
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(files.ReadSmall(paths.Manifest(led), PackageLimits.Format.ManifestBytes)!));
        if (SlotFolder.Fault(files, paths, led, digest) is not null)
            return state;
        text += $"; {manifest.Version}, which was in force, is whole and stays";
        return state.With(led, new SlotRecord
        {
            Phase = SlotPhase.Committed, Vendor = manifest.Vendor, Version = manifest.Version.ToString(), Sha256 = PackageDigest(led, manifest), ManifestSha256 = digest,
            DiskBytes = SlotFolder.DiskBytesOf(manifest, json.Length), StagedAt = now, InForceSince = now,
        }) with { InForce = led, LastKnownGood = led };
    }

    // A package has one form only, so its digest follows from its files; of one that somebody else wrote with another manifest it is not found again.
    private string PackageDigest(ContentSlot slot, PackageManifest manifest) => PackageWriter.Write(
        Stream.Null, manifest, manifest.Files.Select(file => new PackageSource(file.Path, file.Executable, () => files.OpenRead($"{paths.Slot(slot)}/{file.Path}"))),
        PackageLimits.Format, out _)?.Digest ?? new string('0', 64);
}
