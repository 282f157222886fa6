using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Rules;
using Outwork.Sdk;

namespace Outwork.Products.ExecGuard.Scanning;

/// <summary>
/// Judges a file by its bytes, read once from its descriptor at explicit offsets: the hash and the rules see the same
/// bytes, and the descriptor's position stays. It is never mapped: reading a mapping of a file that another process
/// truncates ends this process with SIGBUS. Thread-safe.
/// </summary>
internal sealed class FileScanner(int keptBuffers) : IDisposable
{
    /// <summary>Most programs and libraries fit.</summary>
    private const int KeptLength = 2 << 20;

    /// <summary>The deadline is looked at between reads of this length.</summary>
    private const int ReadLength = 1 << 20;

    private readonly Lock _gate = new();
    private readonly Stack<NativeBuffer> _kept = new();

    /// <summary>Judges the file. Throws what reading the descriptor throws.</summary>
    /// <param name="content">What to judge by; the caller holds a reference.</param>
    /// <param name="file">Open for reading.</param>
    /// <param name="expectedLength">The length the question names, bytes; null when unknown. A file of another length is changing: its verdict is not to be cached.</param>
    /// <param name="budget">How long it may take.</param>
    public Judgement Scan(ScanContent content, SafeFileHandle file, ulong? expectedLength, in ScanBudget budget)
    {
        NativeBuffer kept = Rent();
        try
        {
            Span<byte> buffer = kept.Span;
            if (!Fill(file, buffer, 0, budget, out int length))
                return NotInTime(length);
            if (length < buffer.Length && length <= content.ScanLimit)
                return Examine(content, buffer[..length], IsStable(length, expectedLength), budget);
            if (length > content.ScanLimit || RandomAccess.GetLength(file) > content.ScanLimit)
                return HashOnly(content, file, buffer[..length], buffer, expectedLength, budget);
            using NativeBuffer whole = NativeBuffer.Once(content.ScanLimit + 1);
            buffer[..length].CopyTo(whole.Span);
            if (!Fill(file, whole.Span, length, budget, out length))
                return NotInTime(length);
            return length > content.ScanLimit
                ? HashOnly(content, file, whole.Span[..length], buffer, expectedLength, budget) // It grew while it was read.
                : Examine(content, whole.Span[..length], IsStable(length, expectedLength), budget);
        }
        finally
        {
            Return(kept);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            while (_kept.TryPop(out NativeBuffer? buffer))
                buffer.Dispose();
        }
    }

    private static Judgement Examine(ScanContent content, ReadOnlySpan<byte> bytes, bool isStable, in ScanBudget budget)
    {
        if (bytes.IsEmpty)
            return Judgement.Allow("the file is empty", isStable);
        Sha256Digest digest = default;
        if (content.HasHashes)
        {
            Span<byte> hash = stackalloc byte[Sha256Digest.Length];
            SHA256.HashData(bytes, hash);
            digest = Sha256Digest.From(hash);
            if (ByHash(content, digest, isStable) is { } judgement)
                return judgement;
        }

        if (content.Rules is { } rules)
        {
            YaraScanResult result = budget.IsOver ? YaraScanResult.TimedOut : rules.Scan(bytes, budget.RemainingNs);
            switch (result.Status)
            {
                case YaraScanStatus.Matched:
                    return Judgement.Deny("matches YARA " + result.Rules, isStable);
                case YaraScanStatus.TimedOut:
                    return Judgement.Failed("the YARA scan did not end before the deadline");
                case YaraScanStatus.Failed:
                    return Judgement.Failed($"the YARA scan failed with error {result.Error}");
                default:
                    break;
            }
        }

        return Judgement.Allow(content.Rules is null ? NotListed(content, digest) : "no YARA rule matches; " + NotListed(content, digest), isStable);
    }

    private static Judgement HashOnly(
        ScanContent content, SafeFileHandle file, ReadOnlySpan<byte> read, Span<byte> buffer, ulong? expectedLength, in ScanBudget budget)
    {
        string why = $"larger than the scan limit of {content.ScanLimit} bytes, so YARA rules were not applied; ";
        if (!content.HasHashes)
            return Judgement.Allow(why + "no hashes are listed");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(read);
        long offset = read.Length;
        while (true)
        {
            int length = RandomAccess.Read(file, buffer[..ReadLength], offset);
            if (length == 0)
                break;
            hash.AppendData(buffer[..length]);
            offset += length;
            if (budget.IsOver)
                return NotInTime(offset);
        }

        Span<byte> bytes = stackalloc byte[Sha256Digest.Length];
        hash.GetHashAndReset(bytes);
        var digest = Sha256Digest.From(bytes);
        bool isStable = IsStable(offset, expectedLength);
        return ByHash(content, digest, isStable) ?? Judgement.Allow(why + NotListed(content, digest), isStable);
    }

    private static Judgement? ByHash(ScanContent content, in Sha256Digest digest, bool isStable)
    {
        if (content.FindDenied(digest) is { } denied)
            return Judgement.Deny($"SHA-256 {digest} is on {denied.List} line {denied.Line}", isStable);
        if (content.FindAllowed(digest) is { } allowed)
            return Judgement.Allow($"SHA-256 {digest} is on {allowed.List} line {allowed.Line}", isStable);
        return null;
    }

    private static string NotListed(ScanContent content, in Sha256Digest digest) =>
        content.HasHashes ? $"SHA-256 {digest} is on no list" : "no hashes are listed";

    private static Judgement NotInTime(long read) => Judgement.Failed($"the file was not read before the deadline: {read} bytes were");

    private static bool IsStable(long length, ulong? expectedLength) => expectedLength is null || (ulong)length == expectedLength;

    /// <summary>Reads from <paramref name="from"/> to the file's or the buffer's end, whichever comes first. False when the time was over.</summary>
    private static bool Fill(SafeFileHandle file, Span<byte> buffer, int from, in ScanBudget budget, out int length)
    {
        length = from;
        while (length < buffer.Length)
        {
            if (budget.IsOver)
                return false;
            int read = RandomAccess.Read(file, buffer.Slice(length, Math.Min(ReadLength, buffer.Length - length)), length);
            if (read == 0)
                break;
            length += read;
        }

        return true;
    }

    private NativeBuffer Rent()
    {
        lock (_gate)
        {
            if (_kept.TryPop(out NativeBuffer? buffer))
                return buffer;
        }

        return NativeBuffer.Kept(KeptLength);
    }

    private void Return(NativeBuffer buffer)
    {
        lock (_gate)
        {
            if (_kept.Count < keptBuffers)
            {
                _kept.Push(buffer);
                return;
            }
        }

        buffer.Dispose();
    }
}
