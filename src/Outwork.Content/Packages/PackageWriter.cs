using System.Buffers;
using System.Security.Cryptography;

namespace Outwork.Content.Packages;

/// <summary>Writes packages: the same manifest and files give the same bytes, on every system and with every version of the runtime.</summary>
public static class PackageWriter
{
    private const int BufferLength = 64 * 1024;

    /// <summary>
    /// Writes a package. Each file is read twice, the first time for its size and digest, since the manifest comes first. What was written
    /// before a refusal is no package.
    /// </summary>
    /// <param name="destination">Where to; it need not be seekable.</param>
    /// <param name="manifest">The manifest; its list of files is made here.</param>
    /// <param name="sources">The files, in any order.</param>
    /// <param name="limits">The most it may be.</param>
    /// <param name="refusal">Why not.</param>
    /// <returns>The manifest as written and the package's digest; null when it was refused.</returns>
    /// <exception cref="IOException">A stream failed.</exception>
    public static WrittenPackage? Write(
        Stream destination, PackageManifest manifest, IEnumerable<PackageSource> sources, PackageLimits limits, out PackageRefusal? refusal)
    {
        PackageSource[] sorted = [.. sources.OrderBy(static source => source.Path, StringComparer.Ordinal)];
        // Before anything is read: a wrong name costs nothing.
        refusal = PackageFileList.Check([.. sorted.Select(static source => new PackageFile(source.Path, 0, "", source.Executable))], limits);
        if (refusal is not null)
            return null;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        try
        {
            PackageManifest whole = manifest with { Files = Array.ConvertAll(sorted, source => Measure(source, buffer)) };
            byte[] json = PackageManifestWriter.Write(whole);
            refusal = PackageFileList.Check(whole.Files, limits) ?? CheckManifest(json, limits);
            if (refusal is not null)
                return null;
            using var output = new HashedOutput(destination);
            WriteHeader(output, PackageManifest.FileName, json.Length, executable: false);
            output.Write(json);
            WritePadding(output, json.Length);
            for (int i = 0; i < sorted.Length && refusal is null; i++)
                refusal = WriteFile(output, sorted[i], whole.Files[i], buffer);
            if (refusal is not null)
                return null;
            output.Write(stackalloc byte[2 * UstarHeader.BlockLength]);
            return new WrittenPackage(whole, output.Digest(), output.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static PackageRefusal? CheckManifest(byte[] json, PackageLimits limits)
    {
        if (json.Length > limits.ManifestBytes)
            return new PackageRefusal(PackageRefusalCode.ManifestTooLarge, PackageManifest.FileName, $"{json.Length} bytes; at most {limits.ManifestBytes}");
        // What is written must be readable: a manifest made by a program may have values that no reader takes.
        return PackageManifestReader.Read(json, out List<Contracts.Products.ManifestFault> faults) is null
            ? new PackageRefusal(PackageRefusalCode.ManifestInvalid, PackageManifest.FileName, string.Join("; ", faults)) { Faults = faults }
            : null;
    }

    private static PackageFile Measure(PackageSource source, byte[] buffer)
    {
        using Stream stream = source.Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        for (int read; (read = stream.Read(buffer, 0, BufferLength)) != 0; size += read)
            hash.AppendData(buffer, 0, read);
        return new PackageFile(source.Path, size, Convert.ToHexStringLower(hash.GetHashAndReset()), source.Executable);
    }

    private static PackageRefusal? WriteFile(HashedOutput output, PackageSource source, PackageFile file, byte[] buffer)
    {
        WriteHeader(output, file.Path, file.Size, file.Executable);
        using Stream stream = source.Open();
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        for (int read; (read = stream.Read(buffer, 0, BufferLength)) != 0 && size + read <= file.Size; size += read)
        {
            hash.AppendData(buffer, 0, read);
            output.Write(buffer.AsSpan(0, read));
        }

        if (size != file.Size || Convert.ToHexStringLower(hash.GetHashAndReset()) != file.Sha256)
            return new PackageRefusal(PackageRefusalCode.SourceChanged, file.Path, "it changed while the package was built");
        WritePadding(output, file.Size);
        return null;
    }

    private static void WriteHeader(HashedOutput output, string path, long size, bool executable)
    {
        Span<byte> block = stackalloc byte[UstarHeader.BlockLength];
        UstarHeader.Write(block, path, size, executable);
        output.Write(block);
    }

    private static void WritePadding(HashedOutput output, long size)
    {
        Span<byte> zeros = stackalloc byte[UstarHeader.BlockLength];
        zeros.Clear();
        output.Write(zeros[..(int)(-size & (UstarHeader.BlockLength - 1))]);
    }

    private sealed class HashedOutput(Stream destination) : IDisposable
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public long Length { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            destination.Write(bytes);
            _hash.AppendData(bytes);
            Length += bytes.Length;
        }

        public string Digest() => Convert.ToHexStringLower(_hash.GetHashAndReset());

        public void Dispose() => _hash.Dispose();
    }
}
