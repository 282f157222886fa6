using Outwork.Content.Store;

namespace Outwork.Agent.Tests.Support;

/// <summary>A disk on which nothing can be made while the test says so.</summary>
internal sealed class FullDiskFiles(IContentFiles disk) : IContentFiles
{
    public bool LinksFail { get; set; }

    public bool FilesFail { get; set; }

    /// <summary>The history is what is appended to: with this a step holds and is not finished.</summary>
    public bool AppendsFail { get; set; }

    public IDisposable? TryLock(string path) => disk.TryLock(path);

    public ContentEntryKind KindOf(string path) => disk.KindOf(path);

    public long LengthOf(string path) => disk.LengthOf(path);

    public IReadOnlyList<string> List(string folder) => disk.List(folder);

    public Stream OpenRead(string path) => disk.OpenRead(path);

    public void CreateFolder(string path) => disk.CreateFolder(path);

    public Stream Create(string path, bool executable) => FilesFail ? throw new IOException("No space left on device") : disk.Create(path, executable);

    public Stream Append(string path) => AppendsFail ? throw new IOException("No space left on device") : disk.Append(path);

    public void Synchronize(Stream written) => disk.Synchronize(written);

    public void SynchronizeFolder(string folder) => disk.SynchronizeFolder(folder);

    public void Rename(string from, string to) => disk.Rename(from, to);

    public void CreateLink(string path, string target)
    {
        if (LinksFail)
            throw new IOException("No space left on device");
        disk.CreateLink(path, target);
    }

    public string? ReadLink(string path) => disk.ReadLink(path);

    public void Delete(string path) => disk.Delete(path);
}
