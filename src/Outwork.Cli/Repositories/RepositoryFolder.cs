using System.Globalization;
using System.Text.Json;
using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Authoring;
using Outwork.Trust.Metadata;

namespace Outwork.Cli.Repositories;

/// <summary>
/// A repository on its owner's disk: <c>public</c>, which any web server serves as it is, and <c>staged</c>, what is changed and not yet
/// published. No secret is in it: private keys lie wherever their holders keep them.
/// </summary>
internal sealed class RepositoryFolder : IDisposable
{
    /// <summary>Of what is published: for a web server, which is another user than the owner, whatever the owner's umask.</summary>
    public const UnixFileMode PublicMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private const UnixFileMode PublicFolderMode = PublicMode | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // EWOULDBLOCK of flock(2), which is how .NET keeps a file for one process.
    private const int WouldBlock = 11;

    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _lock;
    private readonly string _stagedFolder;
    private readonly MetadataFolder _staged;

    private RepositoryFolder(string folder, FileStream held)
    {
        _lock = held;
        Folder = folder;
        PublicMetadata = Path.Join(folder, "public", "metadata");
        PublicTargets = Path.Join(folder, "public", "targets");
        _stagedFolder = Path.Join(folder, "staged");
        _staged = new MetadataFolder(new DiskContentFiles(_stagedFolder));
    }

    /// <summary>As it was named.</summary>
    public string Folder { get; }

    public string PublicMetadata { get; }

    public string PublicTargets { get; }

    public static bool IsThere(string folder) => Directory.Exists(Path.Join(folder, "staged"));

    /// <summary>True when there is a root, published or staged; without one nothing else has a meaning.</summary>
    public static bool HasRoot(string folder) => File.Exists(Path.Join(folder, "staged", RoleName.FileOf(RoleName.Root))) || NewestRoot(Path.Join(folder, "public", "metadata")) > 0;

    /// <summary>True when anything is published.</summary>
    public static bool HasPublished(string folder) => Path.Join(folder, "public", "metadata") is var metadata && Directory.Exists(metadata) && Directory.GetFiles(metadata).Length > 0;

    /// <summary>Opens a repository; one command at a time works on it. Waits for another one for a while; null when that goes on.</summary>
    public static RepositoryFolder? Open(string folder, TimeProvider time)
    {
        for (int tries = 1; ; tries++)
        {
            try
            {
                return new RepositoryFolder(folder, new FileStream(Path.Join(folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException held) when (held.HResult == WouldBlock)
            {
                if (tries > LongestWait / BetweenTries)
                    return null;
            }

            // Nothing is begun yet: Ctrl-C ends the process here as anywhere.
            Task.Delay(BetweenTries, time).GetAwaiter().GetResult();
        }
    }

    /// <summary>Makes the folders; null when another command works on them.</summary>
    public static RepositoryFolder? Create(string folder, TimeProvider time)
    {
        Directory.CreateDirectory(Path.Join(folder, "staged"));
        foreach (string part in (string[])["public/metadata", "public/targets"])
            CreatePublic(Path.Join(folder, part));
        return Open(folder, time);
    }

    /// <summary>Makes a folder that everybody may look into, and those above it that are missing.</summary>
    public static void CreatePublic(string folder)
    {
        folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        if (Directory.Exists(folder))
            return;
        string above = Path.GetDirectoryName(folder)!;
        CreatePublic(above);
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, PublicFolderMode);
        DurableFile.Synchronize(above);
    }

    public void Dispose() => _lock.Dispose();

    /// <summary>Reads what is published and staged.</summary>
    /// <exception cref="JsonException">A file is no metadata.</exception>
    public RepositoryDraft Load()
    {
        Dictionary<string, DraftRole> published = LoadPublished().ToDictionary(static role => role.Name, StringComparer.Ordinal);
        var staged = new List<DraftRole>();
        foreach (string file in Directory.GetFiles(_stagedFolder, "*" + RoleName.Extension).Order(StringComparer.Ordinal))
        {
            string name = Uri.UnescapeDataString(Path.GetFileNameWithoutExtension(file));
            DraftRole role = Parse(name, file, File.ReadAllBytes(file));
            // A publication that the power ended midway had published this already.
            if (published.TryGetValue(name, out DraftRole? before) && role.Version <= before.Version)
                _staged.Delete(name);
            else
                staged.Add(role);
        }

        return new RepositoryDraft(published.Values, staged);
    }

    /// <summary>Keeps what is staged.</summary>
    public void Save(RepositoryDraft draft)
    {
        // The root last: without one a new repository counts as not made.
        foreach (DraftRole role in draft.Staged.Values.OrderBy(static role => role.Name == RoleName.Root))
            _staged.Write(role.Name, role.ToBytes());
        foreach (string file in Directory.GetFiles(_stagedFolder, "*" + RoleName.Extension))
        {
            string name = Uri.UnescapeDataString(Path.GetFileNameWithoutExtension(file));
            if (!draft.Staged.ContainsKey(name))
                _staged.Delete(name);
        }
    }

    /// <summary>
    /// Publishes: each file appears whole, the timestamp last, so that clients see the old repository or the new one. What is staged and not
    /// in it stays staged.
    /// </summary>
    public void Publish(Publication publication)
    {
        foreach ((string name, byte[] bytes) in publication.Files)
        {
            using var file = DurableFile.Prepare(Path.GetFullPath(Path.Join(PublicMetadata, name)), bytes, PublicMode);
            file.Commit();
        }

        foreach (string role in publication.Roles)
            _staged.Delete(role);
    }

    /// <summary>A published file; null when there is none.</summary>
    public byte[]? ReadPublished(string role, long? version)
    {
        string path = Path.Join(PublicMetadata, RoleName.FileOf(role, version));
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }

    private IEnumerable<DraftRole> LoadPublished()
    {
        long newest = NewestRoot(PublicMetadata);
        if (newest > 0)
            yield return ParsePublished(RoleName.Root, newest, ReadPublished(RoleName.Root, newest)!);
        if (ReadPublished(RoleName.Timestamp, null) is not { } timestamp)
            yield break;
        yield return ParsePublished(RoleName.Timestamp, null, timestamp);
        if (MetadataParser.Timestamp(timestamp, out _) is not { } named || ReadPublished(RoleName.Snapshot, named.Content.Snapshot.Version) is not { } snapshot)
            yield break;
        yield return ParsePublished(RoleName.Snapshot, named.Content.Snapshot.Version, snapshot);
        foreach ((string file, MetaFile meta) in MetadataParser.Snapshot(snapshot, out _)?.Content.Meta ?? new Dictionary<string, MetaFile>())
        {
            string role = file[..^RoleName.Extension.Length];
            if (ReadPublished(role, meta.Version) is { } bytes)
                yield return ParsePublished(role, meta.Version, bytes);
        }
    }

    private DraftRole ParsePublished(string role, long? version, byte[] bytes) => Parse(role, Path.Join(PublicMetadata, RoleName.FileOf(role, version)), bytes);

    private static DraftRole Parse(string role, string file, byte[] bytes)
    {
        try
        {
            return DraftRole.Parse(role, bytes);
        }
        catch (JsonException wrong)
        {
            throw new JsonException($"{file} is no metadata of the role {role}", wrong);
        }
    }

    // Delegated roles may have names that end as the root's does: 2.acme.root.json is no root.
    private static long NewestRoot(string metadata) => !Directory.Exists(metadata) ? 0 : Directory.GetFiles(metadata, "*." + RoleName.Root + RoleName.Extension)
        .Select(static file => Path.GetFileName(file))
        .Select(static name => long.TryParse(name.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long version) && name == RoleName.FileOf(RoleName.Root, version) ? version : 0)
        .DefaultIfEmpty(0).Max();
}
