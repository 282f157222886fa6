using System.Text;

namespace Outwork.Content.Packages;

/// <summary>
/// The header of one file in the interchange format of POSIX.1-2001, pax, section "ustar Interchange Format". For one name, size and mode
/// there is exactly one header that a package may have, so a reader compares and never interprets.
/// </summary>
internal static class UstarHeader
{
    /// <summary>Bytes of a header, and of every other block.</summary>
    public const int BlockLength = 512;

    private const int NameLength = 100;
    private const int PrefixOffset = 345;
    private const int PrefixLength = 155;
    private const int ModeOffset = 100;
    private const int UserOffset = 108;
    private const int GroupOffset = 116;
    private const int SizeOffset = 124;
    private const int TimeOffset = 136;
    private const int SumOffset = 148;
    private const int TypeOffset = 156;
    private const int MagicOffset = 257;
    private const int DeviceOffset = 329;

    private static ReadOnlySpan<byte> Magic => "ustar\000"u8;

    /// <summary>Prefix and name of a path, divided as late as it can be; null when it does not fit.</summary>
    public static (string Prefix, string Name)? Split(string path)
    {
        if (path.Length <= NameLength)
            return ("", path);
        int slash = path.IndexOf('/', path.Length - NameLength - 1);
        return slash is < 1 or > PrefixLength || slash == path.Length - 1 ? null : (path[..slash], path[(slash + 1)..]);
    }

    /// <summary>Writes the header of a file; the name fits.</summary>
    public static void Write(Span<byte> block, string path, long size, bool executable)
    {
        (string prefix, string name) = Split(path) ?? throw new ArgumentException($"{path} does not fit.", nameof(path));
        block.Clear();
        Encoding.ASCII.GetBytes(name, block[..NameLength]);
        Octal(block.Slice(ModeOffset, 8), executable ? 493 /* 0755 */ : 420 /* 0644 */);
        Octal(block.Slice(UserOffset, 8), 0);
        Octal(block.Slice(GroupOffset, 8), 0);
        Octal(block.Slice(SizeOffset, 12), size);
        Octal(block.Slice(TimeOffset, 12), 0);
        block[TypeOffset] = (byte)'0';
        Magic.CopyTo(block[MagicOffset..]);
        Octal(block.Slice(DeviceOffset, 8), 0);
        Octal(block.Slice(DeviceOffset + 8, 8), 0);
        Encoding.ASCII.GetBytes(prefix, block.Slice(PrefixOffset, PrefixLength));
        // Six digits, NUL, space; counted as if it were spaces.
        Octal(block.Slice(SumOffset, 7), Sum(block));
        block[SumOffset + 7] = (byte)' ';
    }

    /// <summary>Whether it is a header of this format at all: magic and checksum.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> block) =>
        block.Slice(MagicOffset, 5).SequenceEqual(Magic[..5]) && TryOctal(block.Slice(SumOffset, 8), out long sum) && sum == Sum(block);

    /// <summary>Its kind of entry.</summary>
    public static byte TypeOf(ReadOnlySpan<byte> block) => block[TypeOffset];

    /// <summary>The size it tells, or null.</summary>
    public static long? SizeOf(ReadOnlySpan<byte> block) => TryOctal(block.Slice(SizeOffset, 12), out long size) ? size : null;

    /// <summary>The path it tells, a byte a character.</summary>
    public static string PathOf(ReadOnlySpan<byte> block)
    {
        string prefix = Text(block.Slice(PrefixOffset, PrefixLength));
        string name = Text(block[..NameLength]);
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static int Sum(ReadOnlySpan<byte> block)
    {
        int sum = 8 * ' ';
        for (int i = 0; i < BlockLength; i++)
        {
            if (i is < SumOffset or >= SumOffset + 8)
                sum += block[i];
        }

        return sum;
    }

    private static void Octal(Span<byte> field, long value)
    {
        field[^1] = 0;
        for (int i = field.Length - 2; i >= 0; i--, value >>= 3)
            field[i] = (byte)('0' + (value & 7));
    }

    private static bool TryOctal(ReadOnlySpan<byte> field, out long value)
    {
        value = 0;
        int digits = 0;
        foreach (byte c in field)
        {
            if (c is 0 or (byte)' ')
                break;
            if (c is < (byte)'0' or > (byte)'7')
                return false;
            value = (value << 3) | (long)(c - '0');
            digits++;
        }

        return digits > 0;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.Latin1.GetString(end < 0 ? field : field[..end]);
    }
}
