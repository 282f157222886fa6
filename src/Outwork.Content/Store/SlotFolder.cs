using System.Security.Cryptography;
using Outwork.Content.Packages;
using Outwork.Contracts.Products;

namespace Outwork.Content.Store;

/// <summary>The files of a slot: unpacking, checking, clearing. What is in force is never written to.</summary>
internal static class SlotFolder
{
    // What a file system allocates in, and takes for a file's own record.
    private const long Block = 4096;

    /// <summary>What a package takes of the disk, roughly, and never less than it does: many small files take more than their bytes.</summary>
    public static long DiskBytesOf(PackageManifest manifest, int manifestBytes) =>
        manifest.Files.Sum(static file => RoundUp(file.Size) + Block) + (FoldersOf(manifest).Count * Block) + RoundUp(manifestBytes) + (2 * Block);

    /// <summary>Deletes a slot with its manifest.</summary>
    public static void Clear(IContentFiles files, ContentPaths paths, ContentSlot slot)
    {
        files.DeleteAll(paths.Slot(slot));
        files.DeleteAll(paths.Manifest(slot));
        files.SynchronizeFolder(paths.Folder);
    }

    /// <summary>Unpacks what the reader has, on to the disk. After a refusal the slot must be cleared.</summary>
    public static PackageRefusal? Unpack(IContentFiles files, ContentPaths paths, ContentSlot slot, PackageReader reader, string expectedSha256)
    {
        string root = paths.Slot(slot);
        files.CreateFolder(root);
        List<string> folders = [root, .. FoldersOf(reader.Manifest).Select(folder => $"{root}/{folder}")];
        foreach (string folder in folders.Skip(1))
            files.CreateFolder(folder);
        foreach (PackageFile file in reader.Manifest.Files)
        {
            using Stream stream = files.Create($"{root}/{file.Path}", file.Executable);
            if (reader.CopyNext(stream) is { } refusal)
                return refusal;
            files.Synchronize(stream);
        }

        if (reader.Finish() is { } atEnd)
            return atEnd;
        if (reader.Digest != expectedSha256)
            return new PackageRefusal(PackageRefusalCode.WrongPackage, "", $"its digest is {reader.Digest}, not {expectedSha256}");
        foreach (string folder in folders)
            files.SynchronizeFolder(folder);
        files.Replace(paths.Manifest(slot), reader.ManifestBytes.Span);
        return null;
    }

    /// <summary>Whether a slot has every byte that its record asks for and nothing else; null, or what is wrong.</summary>
    public static string? Fault(IContentFiles files, ContentPaths paths, ContentSlot slot, string manifestSha256)
    {
        if (ReadManifest(files, paths, slot, manifestSha256) is not { } manifest)
            return $"{ContentPaths.NameOf(slot)}.json is not the manifest that was unpacked";
        var expected = manifest.Files.ToDictionary(static file => file.Path, StringComparer.Ordinal);
        if (files.KindOf(paths.Slot(slot)) != ContentEntryKind.Folder)
            return $"the folder {ContentPaths.NameOf(slot)} is gone";
        string? fault = Check(files, paths.Slot(slot), "", expected);
        return fault ?? (expected.Count == 0 ? null : $"{expected.Keys.First()} is gone");
    }

    /// <summary>The manifest of a slot; null when it is not the one with this digest, or, without one, none at all.</summary>
    public static PackageManifest? ReadManifest(IContentFiles files, ContentPaths paths, ContentSlot slot, string? sha256)
    {
        byte[]? json = files.ReadSmall(paths.Manifest(slot), PackageLimits.Format.ManifestBytes);
        if (json is null || (sha256 is not null && Convert.ToHexStringLower(SHA256.HashData(json)) != sha256))
            return null;
        PackageManifest? manifest = PackageManifestReader.Read(json, out List<ManifestFault> _);
        return manifest is null || PackageFileList.Check(manifest.Files, PackageLimits.Format) is not null ? null : manifest;
    }

    // Each once; in the order of the files' names a folder comes after its parent.
    private static List<string> FoldersOf(PackageManifest manifest)
    {
        var folders = new List<string>();
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (PackageFile file in manifest.Files)
        {
            for (int slash = file.Path.IndexOf('/', StringComparison.Ordinal); slash >= 0; slash = file.Path.IndexOf('/', slash + 1))
            {
                if (known.Add(file.Path[..slash]))
                    folders.Add(file.Path[..slash]);
            }
        }

        return folders;
    }

    private static string? Check(IContentFiles files, string folder, string prefix, Dictionary<string, PackageFile> expected)
    {
        foreach (string name in files.List(folder))
        {
            string path = $"{folder}/{name}";
            string inPackage = prefix + name;
            string? fault = files.KindOf(path) switch
            {
                ContentEntryKind.Folder => Check(files, path, inPackage + "/", expected),
                ContentEntryKind.File when expected.Remove(inPackage, out PackageFile? file) => CheckFile(files, path, file),
                _ => $"{inPackage} does not belong there",
            };
            if (fault is not null)
                return fault;
        }

        return null;
    }

    private static string? CheckFile(IContentFiles files, string path, PackageFile file)
    {
        if (files.LengthOf(path) != file.Size)
            return $"{file.Path} has another size";
        using Stream stream = files.OpenRead(path);
        try
        {
            return Convert.ToHexStringLower(SHA256.HashData(stream)) == file.Sha256 ? null : $"{file.Path} has other bytes";
        }
        catch (IOException lost)
        {
            // Of a file that was opened: the disk has lost its bytes, which is damage like any other.
            return $"{file.Path} cannot be read: {lost.Message}";
        }
    }

    private static long RoundUp(long bytes) => (bytes + Block - 1) / Block * Block;
}
