using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>Takes a package into the free slot, once nothing speaks against it.</summary>
/// <param name="files">The disk.</param>
/// <param name="options">What fits here.</param>
/// <param name="content">The product's.</param>
/// <param name="reserve">Keeps room for so many bytes of the product: null, or what all others take when there is none.</param>
internal sealed class ContentStaging(IContentFiles files, ContentStoreOptions options, ProductContent content, Func<long, long?> reserve)
{
    /// <summary>Unpacks a package; null when it is staged.</summary>
    /// <param name="package">The package, seekable: all of it is read before anything is touched that is there.</param>
    /// <param name="sha256">The digest that it must have.</param>
    public ContentRefusal? Stage(Stream package, string sha256)
    {
        long start = package.Position;
        if (Open(package, sha256, out PackageReader? first) is { } refusal)
            return refusal;
        using PackageReader reader = first!;
        PackageRefusal? damage = null;
        for (int i = 0; i < reader.Manifest.Files.Count && damage is null; i++)
            damage = reader.CopyNext(Stream.Null);
        damage ??= reader.Finish() ?? (reader.Digest == sha256 ? null : new PackageRefusal(PackageRefusalCode.WrongPackage, "", $"its digest is {reader.Digest}, not {sha256}"));
        if (damage is not null)
            return Refuse(damage);
        package.Position = start;
        refusal = Open(package, sha256, out PackageReader? second);
        using (second)
            return refusal ?? Unpack(second!, sha256);
    }

    private ContentRefusal? Open(Stream package, string sha256, out PackageReader? reader)
    {
        reader = PackageReader.Open(package, PackageLimits.Format, out PackageRefusal? refused);
        if (reader is null)
            return Refuse(refused!);
        ContentRefusal? refusal = CheckIdentity(reader.Manifest, sha256) ?? CheckFit(reader.Manifest) ?? CheckSpace(reader);
        if (refusal is null)
            return null;
        reader.Dispose();
        reader = null;
        return refusal;
    }

    private ContentRefusal? CheckIdentity(PackageManifest manifest, string sha256)
    {
        ProductContentState state = content.State;
        string version = manifest.Version.ToString();
        if (manifest.Kind != options.Kind || manifest.Product != content.Product)
            return content.Refuse(ContentRefusalCode.WrongProduct, $"the package is {manifest.Kind.ToString().ToLowerInvariant()} of {manifest.Product}");
        if (state[state.InForce] is { } inForce && inForce.Vendor != manifest.Vendor)
            return content.Refuse(ContentRefusalCode.WrongVendor, $"the package is of {manifest.Vendor}, what is in force of {inForce.Vendor}", version);
        if (state.Denied.FirstOrDefault(d => d.Version == version) is { } denied)
            return content.Refuse(ContentRefusalCode.Denied, $"it failed here on {denied.At:yyyy-MM-dd HH:mm} UTC: {denied.Reason}", version);
        if (state.Pin is { } pin && pin != version)
            return content.Refuse(ContentRefusalCode.Pinned, $"the administrator wants {pin}", version);
        if (state[state.InForce]?.Phase == SlotPhase.OnTrial)
            return content.Refuse(ContentRefusalCode.OnTrial, $"{state[state.InForce]!.Version} is on trial", version);
        foreach (SlotRecord? record in new[] { state.A, state.B })
        {
            if (record?.Version != version || record.Phase is SlotPhase.Retired or SlotPhase.RolledBack)
                continue;
            return record.Sha256 == sha256
                ? content.Refuse(ContentRefusalCode.AlreadyHere, $"it is {Word(record.Phase)}", version)
                : content.Refuse(ContentRefusalCode.VersionReused, $"another package of this version is {Word(record.Phase)}: {record.Sha256}, not {sha256}", version);
        }

        return state.Pin is null && state[state.InForce] is { } current && manifest.Version < PackageVersion.Parse(current.Version)
            ? content.Refuse(ContentRefusalCode.Older, $"{current.Version} is in force", version)
            : null;
    }

    private ContentRefusal? CheckFit(PackageManifest manifest)
    {
        PackageRequirements requires = manifest.Requires;
        string? what = null;
        if (requires.Systems.Count != 0 && !requires.Systems.Contains(options.System))
            what = $"it is for {string.Join(", ", requires.Systems)}; this is {options.System}";
        else if (!requires.Outwork.Contains(options.Outwork))
            what = $"it is for Outwork {requires.Outwork}; this is {options.Outwork}";
        else if (options.ProductVersion(content.Product) is { } version && !requires.Product.Contains(version))
            what = $"it is for {content.Product} {requires.Product}; here is {version}";
        return what is null ? null : content.Refuse(ContentRefusalCode.Incompatible, what, manifest.Version.ToString());
    }

    private ContentRefusal? CheckSpace(PackageReader reader)
    {
        long bytes = SlotFolder.DiskBytesOf(reader.Manifest, reader.ManifestBytes.Length);
        // What is in force stays; what is in the other slot goes.
        long both = bytes + (content.State[content.State.InForce]?.DiskBytes ?? 0);
        string version = reader.Manifest.Version.ToString();
        if (both > options.ProductBytes)
            return content.Refuse(ContentRefusalCode.ProductQuota, $"with it the product's content takes {both} bytes; {options.ProductBytes} are allowed", version);
        return reserve(both) is { } others
            ? content.Refuse(ContentRefusalCode.StoreQuota, $"with it all content takes {both + others} bytes; {options.StoreBytes} are allowed", version)
            : null;
    }

    private ContentRefusal? Unpack(PackageReader reader, string sha256)
    {
        ContentSlot slot = content.State.Free!.Value;
        string overtaken = content.State[slot] is { Phase: SlotPhase.Trying } tried ? $"; the trial of {tried.Version} ended, as this took its place" : "";
        content.EnsureFolder();
        content.Clear(slot);
        PackageRefusal? refusal;
        try
        {
            refusal = SlotFolder.Unpack(files, content.Paths, slot, reader, sha256);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            // The space is given back; what was in force was not touched.
            content.Clear(slot);
            return content.Refuse(ContentRefusalCode.DiskFailed, failed.Message, reader.Manifest.Version.ToString());
        }

        if (refusal is not null)
        {
            content.Clear(slot);
            return Refuse(refusal);
        }

        var record = new SlotRecord
        {
            Phase = SlotPhase.Staged,
            Vendor = reader.Manifest.Vendor,
            Version = reader.Manifest.Version.ToString(),
            Sha256 = sha256,
            ManifestSha256 = reader.ManifestDigest,
            DiskBytes = SlotFolder.DiskBytesOf(reader.Manifest, reader.ManifestBytes.Length),
            StagedAt = content.Now,
        };
        content.Step(
            content.State.With(slot, record), ContentEvent.Staged, record,
            $"{record.Version} of {record.Vendor} was unpacked: {reader.Manifest.Files.Count} files, {reader.Manifest.TotalBytes} bytes{overtaken}");
        return null;
    }

    private ContentRefusal Refuse(PackageRefusal refusal) => content.Refuse(ContentRefusalCode.PackageRefused, refusal.ToString()) with { Package = refusal };

    internal static string Word(SlotPhase phase) => phase switch
    {
        SlotPhase.Staged => "staged",
        SlotPhase.Trying => "being tried",
        SlotPhase.Tried => "tried",
        SlotPhase.OnTrial => "on trial",
        SlotPhase.Committed => "committed",
        SlotPhase.Retired => "retired",
        _ => "rolled back",
    };
}
