namespace Outwork.Trust.Metadata;

/// <summary>One delegation.</summary>
/// <param name="Name">The role; never one of the top level.</param>
/// <param name="Keys">Who signs it.</param>
/// <param name="IsTerminating">When it does not have a file of its paths, nobody after it is asked.</param>
/// <param name="Paths">Patterns of the files it may have; null when it has prefixes.</param>
/// <param name="PathHashPrefixes">Beginnings of the SHA-256 digest of a path, lower-case hexadecimal; null when it has patterns.</param>
public sealed record DelegatedRole(
    string Name, RoleKeys Keys, bool IsTerminating, IReadOnlyList<string>? Paths, IReadOnlyList<string>? PathHashPrefixes);

/// <summary>Bins by the digest of a path, described in a few bytes instead of one delegation each (TAP 15).</summary>
/// <param name="Keys">Who signs each bin.</param>
/// <param name="BitLength">How many bits of the digest choose the bin, 1 to 32.</param>
/// <param name="NamePrefix">What their names begin with.</param>
public sealed record SuccinctRoles(RoleKeys Keys, int BitLength, string NamePrefix)
{
    /// <summary>Most bits.</summary>
    public const int MostBits = 32;

    private const int BitsOfDigit = 4;

    /// <summary>How many bins there are.</summary>
    public long Count => 1L << BitLength;

    /// <summary>The name of one bin: the prefix, a hyphen, and its number in hexadecimal of equal length for all.</summary>
    public string NameOf(long bin) => $"{NamePrefix}-{bin.ToString("x" + DigitCount, System.Globalization.CultureInfo.InvariantCulture)}";

    private int DigitCount => (BitLength + BitsOfDigit - 1) / BitsOfDigit;
}
