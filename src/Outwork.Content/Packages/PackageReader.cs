using System.Buffers;
using System.Security.Cryptography;
using Outwork.Contracts.Products;

namespace Outwork.Content.Packages;

/// <summary>
/// Reads a package front to back, once, in pieces of 64 KiB. Every header is compared with the only one that may be there, so the bytes decide
/// nothing but whether they are accepted. What was copied before a refusal must be thrown away.
/// </summary>
/// <remarks>Not thread-safe. The stream stays the caller's; it need not be seekable.</remarks>
public sealed class PackageReader : IDisposable
{
    private const int BufferLength = 64 * 1024;
    private readonly Stream _stream;
    private readonly IncrementalHash _all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
    private readonly byte[] _block = new byte[UstarHeader.BlockLength];
    private readonly byte[] _expected = new byte[UstarHeader.BlockLength];
    private PackageManifest? _manifest;
    private int _next;
    private bool _stopped;
    private bool _disposed;

    private PackageReader(Stream stream) => _stream = stream;

    /// <summary>The manifest.</summary>
    public PackageManifest Manifest => _manifest!;

    /// <summary>SHA-256 of the manifest's bytes, lower-case hexadecimal.</summary>
    public string ManifestDigest { get; private set; } = "";

    /// <summary>The manifest's bytes.</summary>
    public ReadOnlyMemory<byte> ManifestBytes { get; private set; }

    /// <summary>Bytes read so far; after <see cref="Finish"/>, of the package.</summary>
    public long Length { get; private set; }

    /// <summary>SHA-256 of the package, lower-case hexadecimal; empty before <see cref="Finish"/> went well.</summary>
    public string Digest { get; private set; } = "";

    /// <summary>Reads the manifest and judges it, the names and the sizes; null, and why, when it is refused.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static PackageReader? Open(Stream package, PackageLimits limits, out PackageRefusal? refusal)
    {
        var reader = new PackageReader(package);
        bool opened = false;
        try
        {
            refusal = reader.ReadManifest(limits);
            opened = refusal is null;
            return opened ? reader : null;
        }
        finally
        {
            if (!opened)
                reader.Dispose();
        }
    }

    /// <summary>Reads a whole package and keeps nothing of it.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public static PackageVerification Verify(Stream package, PackageLimits limits)
    {
        using var reader = new PackageReader(package);
        PackageRefusal? refusal = reader.ReadManifest(limits);
        while (refusal is null && reader._next < reader.Manifest.Files.Count)
            refusal = reader.CopyNext(Stream.Null);
        refusal ??= reader.Finish();
        return new PackageVerification(reader._manifest, reader.Digest, reader.Length, refusal);
    }

    /// <summary>Copies the next file, in the manifest's order; null when it was what the manifest tells.</summary>
    /// <exception cref="IOException">One of the streams failed.</exception>
    public PackageRefusal? CopyNext(Stream destination)
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        PackageFile file = Manifest.Files[_next];
        PackageRefusal? refusal = ReadHeader(file) ?? CopyBytes(file, destination);
        _next++;
        _stopped = refusal is not null;
        return refusal;
    }

    /// <summary>After the last file: nothing but the end may follow.</summary>
    /// <exception cref="IOException">The stream failed.</exception>
    public PackageRefusal? Finish()
    {
        ObjectDisposedException.ThrowIf(_stopped, this);
        if (_next != Manifest.Files.Count)
            throw new InvalidOperationException("There are files to be copied.");
        _stopped = true;
        for (int i = 0; i < 2; i++)
        {
            if (!Read(_block))
                return Truncated("the end");
            if (_block.AsSpan().ContainsAnyExcept((byte)0))
                return i == 0 ? HeaderDiagnosis.Of(_block, Manifest.Files, _next) : new PackageRefusal(PackageRefusalCode.TrailingData, "", "something follows the last file");
        }

        if (_stream.Read(_buffer, 0, 1) != 0)
            return new PackageRefusal(PackageRefusalCode.TrailingData, "", $"something follows the end at byte {Length}");
        Digest = Convert.ToHexStringLower(_all.GetHashAndReset());
        return null;
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = _stopped = true;
        _all.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private static PackageRefusal Truncated(string where) => new(PackageRefusalCode.Truncated, where, "the package ends in the middle");

    private PackageRefusal? ReadManifest(PackageLimits limits)
    {
        if (!Read(_block))
            return Length == 0 ? new PackageRefusal(PackageRefusalCode.NotAPackage, "", "empty") : ShortOfAHeader();
        if (UstarHeader.SizeOf(_block) is not { } size || !IsHeaderOf(PackageManifest.FileName, size, executable: false))
            return HeaderDiagnosis.OfFirst(_block);
        if (size > limits.ManifestBytes)
            return new PackageRefusal(PackageRefusalCode.ManifestTooLarge, PackageManifest.FileName, $"{size} bytes; at most {limits.ManifestBytes}");
        byte[] json = new byte[size];
        if (!Read(json))
            return Truncated(PackageManifest.FileName);
        if (ReadPadding(PackageManifest.FileName, size) is { } refusal)
            return refusal;
        PackageManifest? manifest = PackageManifestReader.Read(json, out List<ManifestFault> faults);
        if (manifest is null)
            return new PackageRefusal(PackageRefusalCode.ManifestInvalid, PackageManifest.FileName, string.Join("; ", faults)) { Faults = faults };
        if (PackageFileList.Check(manifest.Files, limits) is { } wrong)
            return wrong;
        _manifest = manifest;
        ManifestBytes = json;
        ManifestDigest = Convert.ToHexStringLower(SHA256.HashData(json));
        return null;
    }

    // A compressed file may be shorter than one block.
    private PackageRefusal ShortOfAHeader()
    {
        PackageRefusal refusal = HeaderDiagnosis.OfFirst(_block);
        return refusal.Code == PackageRefusalCode.Compressed ? refusal : new PackageRefusal(PackageRefusalCode.NotAPackage, "", "shorter than a header");
    }

    private PackageRefusal? ReadHeader(PackageFile file)
    {
        if (!Read(_block))
            return Truncated(file.Path);
        return IsHeaderOf(file.Path, file.Size, file.Executable) ? null : HeaderDiagnosis.Of(_block, Manifest.Files, _next);
    }

    private bool IsHeaderOf(string path, long size, bool executable)
    {
        UstarHeader.Write(_expected, path, size, executable);
        return _block.AsSpan().SequenceEqual(_expected);
    }

    private PackageRefusal? CopyBytes(PackageFile file, Stream destination)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long left = file.Size; left > 0;)
        {
            Span<byte> piece = _buffer.AsSpan(0, (int)Math.Min(left, BufferLength));
            if (!Read(piece))
                return Truncated(file.Path);
            hash.AppendData(piece);
            destination.Write(piece);
            left -= piece.Length;
        }

        if (Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
            return new PackageRefusal(PackageRefusalCode.DigestMismatch, file.Path, "its bytes are not those that the manifest tells");
        return ReadPadding(file.Path, file.Size);
    }

    private PackageRefusal? ReadPadding(string path, long size)
    {
        Span<byte> padding = _block.AsSpan(0, (int)(-size & (UstarHeader.BlockLength - 1)));
        if (!Read(padding))
            return Truncated(path);
        return padding.ContainsAnyExcept((byte)0) ? new PackageRefusal(PackageRefusalCode.PaddingInvalid, path, "something hides behind its end") : null;
    }

    private bool Read(Span<byte> bytes)
    {
        int read = _stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        _all.AppendData(bytes[..read]);
        Length += read;
        return read == bytes.Length;
    }
}
