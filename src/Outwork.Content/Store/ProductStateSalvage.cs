using System.Security.Cryptography;
using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>Makes a state when <c>state.json</c> is lost: of the link, of what is in the slots and whole by its own manifest, and of the history.</summary>
internal sealed class ProductStateSalvage(IContentFiles files, ContentPaths paths, IReadOnlyList<ContentHistoryEntry> history, DateTimeOffset now)
{
    /// <summary>The state; nothing on the disk is changed but for the copy of what is damaged.</summary>
    /// <param name="damaged">What is there; null when that is nothing that can be read.</param>
    /// <param name="damage">What is wrong with it.</param>
    /// <param name="text">What came of it, for people.</param>
    public ProductContentState Salvage(byte[]? damaged, string damage, out string text)
    {
        // A copy: until the new state takes its place, a power cut must leave one that is damaged, and not none.
        if (damaged is not null)
        {
            files.DeleteAll(paths.State + ".damaged");
            files.Replace(paths.State + ".damaged", damaged);
        }

        text = $"state.json could not be used: {damage}; what was denied or pinned is {(history.Count == 0 ? "forgotten" : "as the history tells")}";
        var state = new ProductContentState { Sequence = history.Count == 0 ? 0 : history[^1].Sequence, Pin = Pin() };
        ContentSlot? led = (files.KindOf(paths.Current) == ContentEntryKind.Link ? files.ReadLink(paths.Current) : null) switch { "a" => ContentSlot.A, "b" => ContentSlot.B, _ => null };
        if (led is { } slot && Find(slot, out ContentEvent? last) is { } found && last is not (ContentEvent.Rejected or ContentEvent.RolledBack))
        {
            state = InForce(state, slot, found, isProven: last == ContentEvent.Committed);
            text += $"; {found.Version}, which was in force, is whole and stays";
        }
        else if (led is not null && Find(ProductContentState.Other(led), out ContentEvent? before) is { } proven && before == ContentEvent.Committed)
        {
            state = InForce(state, ProductContentState.Other(led), proven, isProven: true);
            text += $"; {proven.Version} is in force again";
        }

        return state with { Denied = Denied(state[state.InForce]?.Vendor ?? "") };
    }

    // What the history does not say to be committed is on trial: its failure is seen then, and what was proven before it is there to return to.
    private ProductContentState InForce(ProductContentState state, ContentSlot slot, SlotRecord found, bool isProven)
    {
        ContentSlot other = ProductContentState.Other(slot);
        SlotRecord? before = Find(other, out ContentEvent? last) is { } whole && last == ContentEvent.Committed ? whole : null;
        return state.With(slot, found with { Phase = isProven ? SlotPhase.Committed : SlotPhase.OnTrial, InForceSince = now })
            .With(other, before is null ? null : before with { Phase = isProven ? SlotPhase.Retired : SlotPhase.Committed }) with
        {
            InForce = slot,
            LastKnownGood = isProven ? slot : before is null ? null : other,
        };
    }

    // What is in a slot, if it is whole, and what the history has of it last.
    private SlotRecord? Find(ContentSlot slot, out ContentEvent? last)
    {
        last = null;
        if (SlotFolder.ReadManifest(files, paths, slot, sha256: null) is not { } manifest || manifest.Product != paths.Folder)
            return null;
        byte[] json = files.ReadSmall(paths.Manifest(slot), PackageLimits.Format.ManifestBytes) ?? [];
        string digest = Convert.ToHexStringLower(SHA256.HashData(json));
        if (SlotFolder.Fault(files, paths, slot, digest) is not null)
            return null;
        string version = manifest.Version.ToString();
        ContentHistoryEntry? entry = history.LastOrDefault(e => e.Version == version && e.Event is >= ContentEvent.Staged and <= ContentEvent.RolledBack);
        last = entry?.Event;
        return new SlotRecord
        {
            Phase = SlotPhase.Staged, Vendor = manifest.Vendor, Version = version, ManifestSha256 = digest,
            Sha256 = entry is not null && ManifestFields.IsDigest(entry.Sha256) ? entry.Sha256 : PackageDigest(slot, manifest),
            DiskBytes = SlotFolder.DiskBytesOf(manifest, json.Length), StagedAt = now,
        };
    }

    private List<DeniedVersion> Denied(string vendor)
    {
        var denied = new List<DeniedVersion>();
        foreach (ContentHistoryEntry entry in history.Where(static e => e.Event is ContentEvent.Rejected or ContentEvent.RolledBack or ContentEvent.Allowed))
        {
            denied.RemoveAll(known => known.Version == entry.Version);
            if (entry.Event != ContentEvent.Allowed)
                denied.Add(DeniedVersion.Of(vendor, entry.Version, entry.Sha256, entry.Text, entry.At));
        }

        return denied.Count <= ProductContentState.MaximumDenied ? denied : denied[^ProductContentState.MaximumDenied..];
    }

    private string? Pin() => history.LastOrDefault(static e => e.Event is ContentEvent.Pinned or ContentEvent.Unpinned) is { Event: ContentEvent.Pinned, Version: { Length: > 0 } version } ? version : null;

    // A package has one form only, so its digest follows from its files; of one that somebody else wrote with another manifest it is not found again.
    private string PackageDigest(ContentSlot slot, PackageManifest manifest) => PackageWriter.Write(
        Stream.Null, manifest, manifest.Files.Select(file => new PackageSource(file.Path, file.Executable, () => files.OpenRead($"{paths.Slot(slot)}/{file.Path}"))),
        PackageLimits.Format, out _)?.Digest ?? new string('0', 64);
}
