using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Rules;

namespace Outwork.Products.ExecGuard.Loading;

/// <summary>What became of reading a content directory.</summary>
/// <param name="Content">Complete content with the caller's reference, or null when there are faults.</param>
/// <param name="Faults">Everything that is wrong.</param>
/// <param name="Warnings">What YARA's compiler thinks unwise.</param>
internal sealed record ScanContentLoad(ScanContent? Content, IReadOnlyList<ContentFault> Faults, IReadOnlyList<ContentFault> Warnings);

/// <summary>Reads content directories: all of them, or nothing and every fault. One thread.</summary>
internal sealed class ScanContentLoader : IDisposable
{
    private const int PieceLength = 64 << 10;
    private const string PackagePrefix = "package/";

    private readonly List<ContentFault> _faults = [];
    private readonly List<HashList> _deny = [];
    private readonly List<HashList> _allow = [];
    private readonly YaraRuleSetBuilder _rules = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ContentManifest? _local = new();
    private ContentManifest? _packaged;
    private int _entries;

    private ScanContentLoader()
    {
    }

    /// <summary>Reads the content. Throws only when memory runs out or libyara breaks its word.</summary>
    /// <param name="local">The administrator's directory; null for none.</param>
    /// <param name="packaged">A package's, which the local one adds to; null for none.</param>
    public static ScanContentLoad Load(string? local, string? packaged = null)
    {
        if (YaraLibrary.Unavailable is { } reason)
            return new ScanContentLoad(null, [new ContentFault(".", 0, reason)], []);
        using var loader = new ScanContentLoader();
        return loader.Read(local, packaged);
    }

    public void Dispose()
    {
        foreach (HashList list in _deny.Concat(_allow))
            list.Dispose();
        _rules.Dispose();
        _hash.Dispose();
    }

    private ScanContentLoad Read(string? local, string? packaged)
    {
        Guarded(".", () =>
        {
            List<ContentFile> files = [];
            if (packaged is not null)
                files.AddRange(List(packaged, local is null ? "" : PackagePrefix, isPackaged: true));
            if (local is not null)
                files.AddRange(List(local, "", isPackaged: false));
            foreach (ContentFile file in files)
                Guarded(file.Name, () => Read(file));
            if (packaged is not null && _packaged is null && _faults.Count == 0)
                _faults.Add(new ContentFault((local is null ? "" : PackagePrefix) + ContentManifest.FileName, 0, "content of a package " + ContentManifest.Supported.FindFault(null)));

            // More likely lost than meant, and nothing would be refused any more.
            if (files.All(file => file.Kind == ContentFileKind.Manifest) && _faults.Count == 0)
                _faults.Add(new ContentFault(".", 0, "holds no rules and no lists; if nothing is to be refused, say so with an empty deny.sha256"));
        });
        _faults.AddRange(_rules.Faults);
        if (_faults.Count > 0 || _local is null)
            return new ScanContentLoad(null, [.. _faults.OrderBy(fault => fault.File, StringComparer.Ordinal)], _rules.Warnings);

        string version = Version(isLocalToo: local is not null) ?? "sha256-" + Convert.ToHexStringLower(_hash.GetCurrentHash().AsSpan(0, 6));
        var content = new ScanContent(version, (_packaged ?? _local).ScanLimit, [.. _deny], [.. _allow], _rules.Build());

        // They are the content's now.
        _deny.Clear();
        _allow.Clear();
        return new ScanContentLoad(content, [], _rules.Warnings);
    }

    // Each file's name says where it is from; the local ones keep theirs.
    private IEnumerable<ContentFile> List(string directory, string prefix, bool isPackaged) =>
        ContentDirectory.List(directory, _faults).Select(file => file with { Name = prefix + file.Name, IsPackaged = isPackaged });

    private string? Version(bool isLocalToo)
    {
        if (_packaged?.Version is not { } packaged)
            return _packaged is null ? _local?.Version : null;
        return isLocalToo && _local?.Version is { } local ? $"{packaged}+local-{local}" : packaged;
    }

    private void ReadManifest(ContentFile file)
    {
        ContentManifest? manifest = ContentManifest.Read(Bytes(file), file.Name, _faults);
        if (!file.IsPackaged)
        {
            _local = manifest;
            return;
        }

        _packaged = manifest;
        if (manifest is { Schema: null })
            _faults.Add(new ContentFault(file.Name, 0, "content of a package " + ContentManifest.Supported.FindFault(null)));
    }

    private void Read(ContentFile file)
    {
        _hash.AppendData(Encoding.UTF8.GetBytes($"{file.Name}\n{file.Length}\n"));
        switch (file.Kind)
        {
            case ContentFileKind.Manifest:
                ReadManifest(file);
                break;
            case ContentFileKind.Rules:
                _rules.Add(file.Name, Bytes(file));
                break;
            case ContentFileKind.DenyList:
                ReadList(file, _deny);
                break;
            case ContentFileKind.AllowList:
                ReadList(file, _allow);
                break;
            default:
                throw new InvalidOperationException($"content of kind {file.Kind}");
        }
    }

    private byte[] Bytes(ContentFile file)
    {
        byte[] bytes = new byte[file.Length];
        int length = 0;
        foreach (ReadOnlyMemory<byte> piece in Pieces(file, bytes))
            length += piece.Length;
        return length == bytes.Length ? bytes : bytes[..length];
    }

    private void ReadList(ContentFile file, List<HashList> lists)
    {
        var memory = new HashListMemory();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(PieceLength);
        try
        {
            using var parser = new HashListParser(file.Name, memory, ContentLimits.ListEntries - _entries);
            foreach (ReadOnlyMemory<byte> piece in Pieces(file, buffer))
            {
                parser.Feed(piece.Span);
                if (parser.HasGivenUp)
                    break;
            }

            parser.Complete();
            _faults.AddRange(parser.Faults);
            _entries += memory.Count;
            if (parser.Faults.Count > 0)
                memory.Dispose();
            else
                lists.Add(new HashList(file.Name, memory));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>
    /// The file's bytes as far as its listed length: one that grows is read again when the change is told. An empty one is not
    /// opened at all, for that is how a pipe looks, whose opening could wait for ever.
    /// </summary>
    private IEnumerable<ReadOnlyMemory<byte>> Pieces(ContentFile file, byte[] buffer)
    {
        if (file.Length == 0)
            yield break;
        using SafeFileHandle handle = File.OpenHandle(file.Path, share: FileShare.ReadWrite | FileShare.Delete);
        bool isWhole = buffer.Length == file.Length;
        for (long offset = 0; offset < file.Length;)
        {
            int at = isWhole ? (int)offset : 0;
            int length = (int)Math.Min(buffer.Length - at, file.Length - offset);
            int read = RandomAccess.Read(handle, buffer.AsSpan(at, length), offset);
            if (read == 0)
                yield break;
            _hash.AppendData(buffer, at, read);
            yield return buffer.AsMemory(at, read);
            offset += read;
        }
    }

    private void Guarded(string name, Action read)
    {
        try
        {
            read();
        }
        catch (UnauthorizedAccessException)
        {
            _faults.Add(new ContentFault(name, 0, "cannot be read by ExecGuard, which has a user of its own; make it readable by all (chmod a+rX)"));
        }
        catch (IOException fault)
        {
            _faults.Add(new ContentFault(name, 0, "cannot be read: " + fault.Message));
        }
    }
}
