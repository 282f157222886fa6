using System.Buffers.Binary;
using Outwork.Content.Packages;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Wire;
using Outwork.Trust.Metadata;

namespace Outwork.Fuzz;

/// <summary>Every parser of bytes that others make.</summary>
internal static class FuzzTargets
{
    internal static readonly string[] JsonTokens =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\u0000", "\\ud800", "\\", "//", "/*", "*/", "null", "true", "false", "1e400", "-0", "-1", "0.1",
        "9223372036854775808", "99999999999999999999", "\"\":", "\ufeff", "é", "[[[[[[[[", "{\"a\":{\"a\":",
    ];

    internal static readonly string[] TrustTokens =
    [
        .. JsonTokens, "\"signed\":", "\"signatures\":", "\"_type\":", "\"root\"", "\"targets\"", "\"delegations\":", "\"roles\":", "\"keys\":", "\"keyids\":",
        "\"threshold\":", "\"paths\":", "\"path_hash_prefixes\":", "\"succinct_roles\":", "\"bit_length\":", "\"name_prefix\":", "\"terminating\":", "\"hashes\":",
        "\"length\":", "\"version\":", "\"expires\":", "\"spec_version\":", "\"2030-01-01T00:00:00Z\"", "\"consistent_snapshot\":", "\"ed25519\"", "\"ecdsa\"", "\"rsassa-pss-sha256\"",
    ];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("frame", ["fuzz/frames", "golden/frames"], [], Frame) { LongestInput = 20 * 1024, Mend = MendFrame },
        new("metadata", ["fuzz/metadata"], TrustTokens, Metadata),
        new("package", ["fuzz/packages"], ["ustar\0" + "00", "0000644", "0000755", "00000000000", "77777777777", "../", "/", "\"size\":", "\"files\":[", "outwork-package.json", "\0\0\0\0\0\0\0\0"], Package)
        {
            LongestInput = 256 * 1024,
            Mend = MendChecksums,
        },
        new("package-manifest", ["fuzz/package-manifests"], [.. JsonTokens, "\"format\":1", "\"trial\":{", "\"commit\":{", "\"schema\":{", "\"files\":[", "\"requires\":{"], PackageManifest),
        new("product-manifest", ["fuzz/product-manifests"], [.. JsonTokens, "\"name\":", "\"needs\":{", "\"read\":[", "\"memoryMiB\":", "\"network\":"], ProductManifest),
        .. OwnersTargets.All,
    ];

    private static string Frame(ReadOnlyMemory<byte> input)
    {
        ReadOnlySpan<byte> frame = input.Span;
        var texts = new Utf8Interning();
        FrameFault[] faults =
        [
            FrameHeader.TryRead(frame, out _),
            ReplyCodec.TryDecode(frame, texts, out _),
            AuthRequestCodec.TryDecode(frame, texts, out _),
            NotifyCodec.TryDecode(frame, texts, out NotifyEvent? notification),
            GapCodec.TryDecode(frame, texts, out _),
            ClosingCodec.TryDecode(frame, texts, out _, out _),
            SubscribeCodec.TryDecode(frame, texts, out _),
            HealthCodec.TryDecode(frame, texts, out _, out _),
            ContentLoadedCodec.TryDecode(frame, texts, out _),
            Welcome.TryDecode(frame, out _),
        ];
        return string.Join(',', faults) + notification?.Kind;
    }

    private static string Metadata(ReadOnlyMemory<byte> input)
    {
        SignedMetadata<RootMetadata>? root = MetadataParser.Root(input, out MetadataFault? rootFault);
        SignedMetadata<TimestampMetadata>? timestamp = MetadataParser.Timestamp(input, out MetadataFault? timestampFault);
        SignedMetadata<SnapshotMetadata>? snapshot = MetadataParser.Snapshot(input, out MetadataFault? snapshotFault);
        SignedMetadata<TargetsMetadata>? targets = MetadataParser.Targets(input, out MetadataFault? targetsFault);
        Must((root is null) == (rootFault is not null), "a root, or why there is none");
        Must((timestamp is null) == (timestampFault is not null), "a timestamp, or why there is none");
        Must((snapshot is null) == (snapshotFault is not null), "a snapshot, or why there is none");
        Must((targets is null) == (targetsFault is not null), "targets, or why there are none");
        return $"{Shape(rootFault?.ToString())}|{Shape(timestampFault?.ToString())}|{Shape(snapshotFault?.ToString())}|{Shape(targetsFault?.ToString())}";
    }

    private static string Package(ReadOnlyMemory<byte> input)
    {
        using var stream = new MemoryStream(input.ToArray(), writable: false);
        PackageVerification result = PackageReader.Verify(stream, PackageLimits.Format);
        Must(result.Refusal is null ? result.Length == input.Length : result.Refusal.What.Length > 0, "all bytes were read, or it is told why not");
        return result.Refusal is { } refusal ? $"{refusal.Code} {Shape(refusal.What)}" : $"accepted {result.Manifest!.Files.Count}";
    }

    private static string PackageManifest(ReadOnlyMemory<byte> input)
    {
        PackageManifest? manifest = PackageManifestReader.Read(input.Span, out List<ManifestFault> faults);
        _ = PackageManifestReader.ReadSource(input.Span, out List<ManifestFault> sourceFaults);
        Must((manifest is null) == (faults.Count != 0), "a manifest, or why there is none");
        if (manifest is not null)
        {
            byte[] written = PackageManifestWriter.Write(manifest);
            PackageManifest? again = PackageManifestReader.Read(written, out _);
            Must(again is not null && written.AsSpan().SequenceEqual(PackageManifestWriter.Write(again)), "what is accepted survives being written");
        }

        return Shapes(faults) + "|" + Shapes(sourceFaults);
    }

    private static string ProductManifest(ReadOnlyMemory<byte> input)
    {
        ProductManifest? manifest = ProductManifestReader.Read(input.Span, out List<ManifestFault> faults);
        Must((manifest is null) == (faults.Count != 0), "a manifest, or why there is none");
        return Shapes(faults);
    }

    // Every frame begins with its length, a multiple of eight.
    private static byte[] MendFrame(byte[] input)
    {
        byte[] frame = input[..(input.Length & ~7)];
        if (frame.Length >= 8)
            BinaryPrimitives.WriteUInt32LittleEndian(frame, (uint)frame.Length);
        return frame;
    }

    // POSIX ustar: six octal digits at 148, the sum of the header's bytes with blanks in their place.
    private static byte[] MendChecksums(byte[] input)
    {
        const int block = 512, checksum = 148, checksumLength = 8;
        for (int at = 0; at + block <= input.Length; at += block)
        {
            Span<byte> header = input.AsSpan(at, block);
            if (!header[257..].StartsWith("ustar"u8))
                continue;
            header.Slice(checksum, checksumLength).Fill((byte)' ');
            int sum = 0;
            foreach (byte b in header)
                sum += b;
            for (int digit = 5; digit >= 0; digit--, sum >>= 3)
                header[checksum + digit] = (byte)('0' + (sum & 7));
            header[checksum + 6] = 0;
        }

        return input;
    }

    private static string Shapes(List<ManifestFault> faults) => string.Join(';', faults.Take(3).Select(static fault => Shape(fault.Message)));

    // Without numbers and without what is repeated from the input: the same fault in another place is the same outcome.
    internal static string Shape(string? text)
    {
        if (text is null)
            return "";
        int quoted = text.IndexOfAny(['"', '\'', '`']);
        ReadOnlySpan<char> kept = text.AsSpan(0, Math.Min(quoted < 0 ? text.Length : quoted, 48));
        return string.Create(kept.Length, kept, static (shape, from) =>
        {
            for (int i = 0; i < from.Length; i++)
                shape[i] = char.IsAsciiDigit(from[i]) ? '#' : from[i];
        });
    }

    internal static void Must(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException("It must hold: " + what);
    }
}
