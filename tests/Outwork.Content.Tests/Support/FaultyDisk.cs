using Outwork.Content.Store;

namespace Outwork.Content.Tests.Support;

/// <summary>
/// A disk in memory that keeps what was synchronised and no more. The power can be cut at any operation; then each folder keeps any of the changes
/// of names since it was synchronised, and each file any beginning of what was written since, with zeros in the place of the rest.
/// </summary>
internal sealed class FaultyDisk : IContentFiles
{
    private FolderNode _root = new();
    private bool _off;
    private bool _locked;

    /// <summary>Operations that change something, so far.</summary>
    public int Operations { get; private set; }

    /// <summary>The operation before which the power is cut; 0 for none.</summary>
    public int CutAt { get; set; }

    /// <summary>The operation that fails as a full disk does; 0 for none.</summary>
    public int FailAt { get; set; }

    /// <summary>Files that are there and whose bytes the disk has lost.</summary>
    public HashSet<string> Unreadable { get; } = new(StringComparer.Ordinal);

    /// <summary>Files that are there and cannot be opened now.</summary>
    public HashSet<string> Unopenable { get; } = new(StringComparer.Ordinal);

    /// <summary>Comes up again after a power cut.</summary>
    public void Reboot(Survival survival, Random random)
    {
        _root = (FolderNode)_root.Survive(survival, random);
        (_off, _locked, CutAt, Operations) = (false, false, 0, 0);
    }

    /// <summary>Spoils a file as a failing disk does.</summary>
    public void Spoil(string path, Func<byte[], byte[]?> change)
    {
        var folder = (FolderNode)Find(DurableParent(path))!;
        var file = (FileNode)folder.Names[NameOf(path)];
        if (change([.. file.Data]) is { } changed)
            (file.Data, file.Durable) = ([.. changed], changed);
        else
            folder.Forget(NameOf(path));
    }

    public IDisposable? TryLock(string path)
    {
        if (_locked)
            return null;
        _locked = true;
        return new Held(this);
    }

    public ContentEntryKind KindOf(string path) => On(Find(path) switch
    {
        null => ContentEntryKind.None,
        FolderNode => ContentEntryKind.Folder,
        LinkNode => ContentEntryKind.Link,
        _ => ContentEntryKind.File,
    });

    public long LengthOf(string path) => On(File(path).Data.Count);

    public IReadOnlyList<string> List(string folder) => On<IReadOnlyList<string>>([.. Folder(folder).Names.Keys]);

    public Stream OpenRead(string path) => On<Stream>(
        Unopenable.Contains(path) ? throw new IOException("Too many open files")
        : Unreadable.Contains(path) ? new LostStream() : new MemoryStream([.. File(path).Data], writable: false));

    public void CreateFolder(string path)
    {
        Change(path);
        Add(path, new FolderNode());
    }

    public Stream Create(string path, bool executable)
    {
        Change(path);
        var file = new FileNode { Executable = executable };
        Add(path, file);
        return new Writer(this, file, path);
    }

    public Stream Append(string path)
    {
        Change(path);
        return new Writer(this, File(path), path);
    }

    public void Synchronize(Stream written)
    {
        var writer = (Writer)written;
        Change(writer.Path);
        writer.File.Durable = [.. writer.File.Data];
    }

    public void SynchronizeFolder(string folder)
    {
        Change(folder);
        Folder(folder).Synchronize();
    }

    public void Rename(string from, string to)
    {
        Change(to);
        Assert.Equal(DurableParent(from), DurableParent(to));
        FolderNode folder = Folder(DurableParent(from));
        Node node = folder.Names[NameOf(from)];
        Assert.IsNotType<FolderNode>(node);
        folder.Apply(new() { [NameOf(from)] = null, [NameOf(to)] = node });
    }

    public void CreateLink(string path, string target)
    {
        Change(path);
        Add(path, new LinkNode(target));
    }

    public string? ReadLink(string path) => On((Find(path) as LinkNode)?.Target);

    public void Delete(string path)
    {
        Change(path);
        Assert.True(Find(path) is not FolderNode { Names.Count: > 0 }, $"{path} is not empty");
        Folder(DurableParent(path)).Apply(new() { [NameOf(path)] = null });
    }

    private static string DurableParent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    private static string NameOf(string path) => path[(path.LastIndexOf('/') + 1)..];

    private T On<T>(T value) => _off ? throw new PowerCut() : value;

    private void Change(string path)
    {
        if (_off)
            throw new PowerCut();
        // The rule of the store: what is in force is never written to.
        string[] parts = path.Split('/');
        if (parts.Length > 1 && Find(parts[0] + "/current") is LinkNode link && parts[1] == link.Target)
            throw new InvalidOperationException($"{path} is in force and was written to.");
        Operations++;
        if (Operations == CutAt)
        {
            _off = true;
            throw new PowerCut();
        }

        if (Operations == FailAt)
            throw new IOException("No space left on device");
    }

    private void Add(string path, Node node)
    {
        FolderNode folder = Folder(DurableParent(path));
        Assert.False(folder.Names.ContainsKey(NameOf(path)), $"{path} is there already");
        folder.Apply(new() { [NameOf(path)] = node });
    }

    private Node? Find(string path)
    {
        Node? node = _root;
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            node = (node as FolderNode)?.Names.GetValueOrDefault(name);
        return node;
    }

    private FolderNode Folder(string path) => Find(path) as FolderNode ?? throw new DirectoryNotFoundException(path);

    private FileNode File(string path) => Find(path) as FileNode ?? throw new FileNotFoundException(path);

    private abstract class Node
    {
        public abstract Node Survive(Survival survival, Random random);
    }

    private sealed class LinkNode(string target) : Node
    {
        public string Target => target;

        public override Node Survive(Survival survival, Random random) => this;
    }

    private sealed class FileNode : Node
    {
        public bool Executable { get; init; }

        public List<byte> Data { get; set; } = [];

        public byte[] Durable { get; set; } = [];

        public override Node Survive(Survival survival, Random random)
        {
            byte[] bytes = survival switch
            {
                Survival.Nothing => Durable,
                Survival.Everything => [.. Data],
                _ => Mixed(random),
            };
            return new FileNode { Executable = Executable, Data = [.. bytes], Durable = bytes };
        }

        private byte[] Mixed(Random random)
        {
            // What was synchronised stays; of the rest a beginning, and zeros where the length came and the bytes did not.
            int length = Data.Count <= Durable.Length ? Durable.Length : random.Next(Durable.Length, Data.Count + 1);
            int whole = Math.Min(length, Durable.Length + random.Next(Math.Max(1, length - Durable.Length + 1)));
            byte[] bytes = new byte[length];
            (Data.Count < length ? Durable : Data.ToArray()).AsSpan(0, whole).CopyTo(bytes);
            return bytes;
        }
    }

    private sealed class FolderNode : Node
    {
        private readonly List<Dictionary<string, Node?>> _pending = [];
        private Dictionary<string, Node> _durable = new(StringComparer.Ordinal);

        public Dictionary<string, Node> Names { get; private init; } = new(StringComparer.Ordinal);

        public void Apply(Dictionary<string, Node?> change)
        {
            _pending.Add(change);
            Apply(Names, change);
        }

        public void Forget(string name)
        {
            Names.Remove(name);
            _durable.Remove(name);
        }

        public void Synchronize()
        {
            _durable = new(Names, StringComparer.Ordinal);
            _pending.Clear();
        }

        public override Node Survive(Survival survival, Random random)
        {
            var names = new Dictionary<string, Node>(_durable, StringComparer.Ordinal);
            foreach (Dictionary<string, Node?> change in _pending)
            {
                if (survival == Survival.Everything || (survival == Survival.Any && random.Next(2) == 0))
                    Apply(names, change);
            }

            var after = new FolderNode();
            foreach ((string name, Node node) in names)
                after.Names[name] = node.Survive(survival, random);
            after.Synchronize();
            return after;
        }

        private static void Apply(Dictionary<string, Node> names, Dictionary<string, Node?> change)
        {
            foreach ((string name, Node? node) in change)
            {
                if (node is null)
                    names.Remove(name);
                else
                    names[name] = node;
            }
        }
    }

    private sealed class Held(FaultyDisk disk) : IDisposable
    {
        public void Dispose() => disk._locked = false;
    }

    private sealed class LostStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw Lost();

        public override int Read(byte[] buffer, int offset, int count) => throw Lost();

        public override void CopyTo(Stream destination, int bufferSize) => throw Lost();

        private static IOException Lost() => new("Input/output error");
    }

    private sealed class Writer(FaultyDisk disk, FileNode file, string path) : MemoryStream
    {
        public FileNode File => file;

        public string Path => path;

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            disk.Change(path);
            file.Data.AddRange(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));
    }
}

/// <summary>What of that which was not synchronised is there after a power cut.</summary>
internal enum Survival
{
    Nothing,
    Everything,
    Any,
}

/// <summary>The power was cut. No code of the store may know of it.</summary>
#pragma warning disable CA1032, CA1064 // Made and caught in tests only.
internal sealed class PowerCut() : Exception("The power was cut.");
#pragma warning restore CA1032, CA1064
