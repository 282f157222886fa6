namespace Outwork.Content.Store;

/// <summary>
/// The few operations on files that the content store is made of, so that tests can cut the power at each of them. Paths are relative to the store's
/// folder, parts separated by <c>/</c>; the empty path is the folder itself. Nothing follows a symbolic link.
/// </summary>
/// <remarks>
/// What an implementation must keep, and no more: written bytes are on the disk after <see cref="Synchronize"/>; names made, renamed or deleted in a
/// folder are after <see cref="SynchronizeFolder"/> of it; a rename takes the place of another file at once or not at all. One writer.
/// All may throw <see cref="IOException"/> and <see cref="UnauthorizedAccessException"/>.
/// </remarks>
public interface IContentFiles
{
    /// <summary>Takes a lock that ends with the process or by disposal; null when somebody else has it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>What is at a path.</summary>
    ContentEntryKind KindOf(string path);

    /// <summary>Bytes of a file.</summary>
    long LengthOf(string path);

    /// <summary>Names in a folder, in any order.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Opens a regular file for reading.</summary>
    Stream OpenRead(string path);

    /// <summary>Creates a folder that everybody may read; its parent is there, it is not.</summary>
    void CreateFolder(string path);

    /// <summary>Creates a file that everybody may read, and perhaps execute; it is not there yet.</summary>
    Stream Create(string path, bool executable);

    /// <summary>Opens a file to write at its end.</summary>
    Stream Append(string path);

    /// <summary>Waits until what was written to a stream of <see cref="Create"/> or <see cref="Append"/> is on the disk.</summary>
    void Synchronize(Stream written);

    /// <summary>Waits until the names in a folder are on the disk.</summary>
    void SynchronizeFolder(string folder);

    /// <summary>Gives a file or link another name in the same folder, in the place of what has that name.</summary>
    void Rename(string from, string to);

    /// <summary>Creates a symbolic link; it is not there yet.</summary>
    void CreateLink(string path, string target);

    /// <summary>What a symbolic link leads to; null when there is none.</summary>
    string? ReadLink(string path);

    /// <summary>Deletes a file, a link or an empty folder.</summary>
    void Delete(string path);
}

/// <summary>What is at a path.</summary>
public enum ContentEntryKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>Something else.</summary>
    Other,
}
