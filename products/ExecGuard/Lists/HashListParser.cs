using System.Buffers;
using System.Text;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.Products.ExecGuard.Lists;

/// <summary>
/// Reads a list in pieces as they come: what `sha256sum` writes, bare digests, comment lines and empty lines. Never throws
/// on what the bytes say. One thread; <see cref="Feed"/> any number of times, then <see cref="Complete"/> once.
/// </summary>
internal sealed class HashListParser(string name, HashListMemory entries, int maxEntries) : IDisposable
{
    private const int HexLength = 2 * Sha256Digest.Length;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly byte[] _line = ArrayPool<byte>.Shared.Rent(ContentLimits.ListLineLength);
    private readonly List<ContentFault> _faults = [];
    private int _length;
    private uint _number = 1;
    private bool _skipping;
    private bool _full;

    /// <summary>What is wrong, in the order of the lines; at most <see cref="ContentLimits.FaultsPerFile"/>.</summary>
    public IReadOnlyList<ContentFault> Faults => _faults;

    /// <summary>True when it makes no sense to read on.</summary>
    public bool HasGivenUp => _full || _faults.Count >= ContentLimits.FaultsPerFile;

    public void Feed(ReadOnlySpan<byte> bytes)
    {
        while (!HasGivenUp)
        {
            int end = bytes.IndexOf((byte)'\n');
            if (end < 0)
            {
                Keep(bytes);
                return;
            }

            if (_length == 0 && !_skipping)
            {
                // The usual case: a whole line in the piece, read where it is.
                Line(bytes[..end]);
            }
            else
            {
                Keep(bytes[..end]);
                if (!_skipping)
                    Line(_line.AsSpan(0, _length));
            }

            _length = 0;
            _skipping = false;
            _number++;
            bytes = bytes[(end + 1)..];
        }
    }

    /// <summary>The last line may lack its end.</summary>
    public void Complete()
    {
        if (_length > 0 && !_skipping && !HasGivenUp)
            Line(_line.AsSpan(0, _length));
        _length = 0;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_line);

    private void Keep(ReadOnlySpan<byte> part)
    {
        if (_skipping)
            return;
        if (_length + part.Length > ContentLimits.ListLineLength)
        {
            TooLong();
            _skipping = true;
            return;
        }

        part.CopyTo(_line.AsSpan(_length));
        _length += part.Length;
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        if (line.Length > ContentLimits.ListLineLength)
        {
            TooLong();
            return;
        }

        if (_number == 1 && line.StartsWith(Encoding.UTF8.Preamble))
            line = line[Encoding.UTF8.Preamble.Length..];
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty || line[0] == (byte)'#')
            return;

        // sha256sum puts a backslash first when it had to escape the file's name.
        ReadOnlySpan<byte> entry = line[0] == (byte)'\\' ? line[1..] : line;
        int digits = entry.IndexOfAnyExcept(HexDigits);
        if (digits < 0)
            digits = entry.Length;
        if (digits != HexLength || (entry.Length > HexLength && entry[HexLength] is not ((byte)' ' or (byte)'\t')))
        {
            Fault(Explain(line, digits));
            return;
        }

        if (entries.Count >= maxEntries)
        {
            Fault($"too many hashes: at most {ContentLimits.ListEntries} in all lists together");
            _full = true;
            return;
        }

        Span<byte> digest = stackalloc byte[Sha256Digest.Length];
        Convert.FromHexString(entry[..HexLength], digest, out _, out _);
        entries.Add(new HashListEntry(Sha256Digest.From(digest), _number));
    }

    private static string Explain(ReadOnlySpan<byte> line, int digits)
    {
        if (line.StartsWith("SHA256 ("u8))
            return "this is the format of `sha256sum --tag`; use plain `sha256sum`";
        string hint = digits switch
        {
            32 => " (an MD5 has 32)",
            40 => " (a SHA-1 has 40)",
            96 => " (a SHA-384 has 96)",
            128 => " (a SHA-512 has 128)",
            _ => "",
        };
        return $"expected a SHA-256 of {HexLength} hexadecimal digits and then a space or nothing; found {digits} digits{hint}";
    }

    private void TooLong() => Fault($"the line is longer than {ContentLimits.ListLineLength} bytes");

    private void Fault(string message) => _faults.Add(new ContentFault(name, (int)_number, message));
}
