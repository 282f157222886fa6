using Outwork.Trust.Metadata;

namespace Outwork.Content.Mirrors;

/// <summary>
/// The trusted metadata that is kept, one file a role, named without version: the bytes as they were received. A file is exchanged as a
/// whole: whenever the power goes, the old one or the new one is there.
/// </summary>
/// <remarks>One writer at a time. What is read back is verified anew each time, so that damage is found and not obeyed.</remarks>
/// <param name="folder">The folder; it is there.</param>
public sealed class MetadataFolder(string folder)
{
    // Every role's file ends with ".json", whatever the role is called, so this is never one.
    private const string TemporarySuffix = ".new";

    // Longer names than a file can have are kept under their digest.
    private const int LongestFileName = 200;

    /// <summary>Where it is.</summary>
    public string Folder => folder;

    /// <summary>The bytes kept for a role; null when there are none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public ReadOnlyMemory<byte>? Read(string role)
    {
        try
        {
            return File.ReadAllBytes(PathOf(role));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Keeps bytes for a role.</summary>
    /// <exception cref="IOException">No space, or the disk failed; the old file is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public void Write(string role, ReadOnlyMemory<byte> bytes)
    {
        string path = PathOf(role);
        string temporary = path + TemporarySuffix;
        using (var file = new FileStream(temporary, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
        {
            file.Write(bytes.Span);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Forgets what is kept for a role.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Delete(string role) => File.Delete(PathOf(role));

    private string PathOf(string role)
    {
        string name = RoleName.FileOf(role);
        if (name.Length > LongestFileName)
            name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(role))) + RoleName.Extension;
        return Path.Join(folder, name);
    }
}
