using System.Security.Cryptography;
using System.Text;
using Outwork.Content.Store;
using Outwork.Trust.Metadata;

namespace Outwork.Content.Mirrors;

/// <summary>
/// The trusted metadata that is kept, one file a role, named without version: the bytes as they were received. A file is exchanged as a
/// whole: whenever the power goes, the old one or the new one is there.
/// </summary>
/// <remarks>One writer at a time. What is read back is verified anew each time, so that damage is found and not obeyed.</remarks>
/// <param name="files">The folder.</param>
public sealed class MetadataFolder(IContentFiles files)
{
    // Longer names than a file can have are kept under their digest.
    private const int LongestFileName = 200;

    /// <summary>The bytes kept for a role; null when there are none.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public ReadOnlyMemory<byte>? Read(string role)
    {
        string name = FileOf(role);
        if (files.KindOf(name) != ContentEntryKind.File)
            return null;
        using Stream stream = files.OpenRead(name);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    /// <summary>Keeps bytes for a role.</summary>
    /// <exception cref="IOException">No space, or the disk failed; the old file is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be written.</exception>
    public void Write(string role, ReadOnlyMemory<byte> bytes) => files.Replace(FileOf(role), bytes.Span);

    /// <summary>Forgets what is kept for a role.</summary>
    /// <exception cref="IOException">The disk failed.</exception>
    public void Delete(string role)
    {
        files.DeleteAll(FileOf(role));
        files.SynchronizeFolder("");
    }

    private static string FileOf(string role)
    {
        string name = RoleName.FileOf(role);
        return name.Length <= LongestFileName
            ? name : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(role))) + RoleName.Extension;
    }
}
