using System.Security.Cryptography;

namespace Outwork.Trust.Metadata;

/// <summary>Digests of a file, by algorithm. Those of algorithms that are not known here are kept for the file's name alone.</summary>
/// <param name="Digests">Lower-case hexadecimal by algorithm, in the order received; at least one.</param>
public sealed record FileHashes(IReadOnlyList<KeyValuePair<string, string>> Digests)
{
    private const string Sha256 = "sha256";
    private const string Sha512 = "sha512";
    private const int BufferLength = 64 * 1024;

    /// <summary>Whether one of the algorithms is known, so that a file can be checked at all.</summary>
    public bool CanCheck => Digests.Any(static digest => AlgorithmOf(digest.Key) is not null);

    /// <summary>The known algorithms.</summary>
    internal IEnumerable<(HashAlgorithmName Algorithm, string Digest)> Known =>
        from digest in Digests
        let algorithm = AlgorithmOf(digest.Key)
        where algorithm is not null
        select (algorithm.Value, digest.Value);

    /// <summary>One SHA-256 digest.</summary>
    /// <param name="digest">32 bytes.</param>
    public static FileHashes OfSha256(ReadOnlySpan<byte> digest) => new([new(Sha256, Convert.ToHexStringLower(digest))]);

    /// <summary>True when every known digest is that of these bytes, and one is known.</summary>
    public bool Match(ReadOnlySpan<byte> bytes)
    {
        bool checkedOne = false;
        foreach ((HashAlgorithmName algorithm, string digest) in Known)
        {
            checkedOne = true;
            if (!string.Equals(Convert.ToHexStringLower(CryptographicOperations.HashData(algorithm, bytes)), digest, StringComparison.Ordinal))
                return false;
        }

        return checkedOne;
    }

    /// <summary>The same for a stream, read from where it stands to its end.</summary>
    public async Task<bool> MatchAsync(Stream stream, CancellationToken cancellation)
    {
        (HashAlgorithmName Algorithm, string Digest)[] known = [.. Known];
        if (known.Length == 0)
            return false;
        IncrementalHash[] hashes = [.. known.Select(static digest => IncrementalHash.CreateHash(digest.Algorithm))];
        try
        {
            byte[] buffer = new byte[BufferLength];
            while (await stream.ReadAsync(buffer, cancellation) is > 0 and int read)
            {
                foreach (IncrementalHash hash in hashes)
                    hash.AppendData(buffer, 0, read);
            }

            return known.Zip(hashes).All(static pair => string.Equals(Convert.ToHexStringLower(pair.Second.GetHashAndReset()), pair.First.Digest, StringComparison.Ordinal));
        }
        finally
        {
            foreach (IncrementalHash hash in hashes)
                hash.Dispose();
        }
    }

    private static HashAlgorithmName? AlgorithmOf(string name) => name switch
    {
        Sha256 => HashAlgorithmName.SHA256,
        Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };
}
