using System.Diagnostics.CodeAnalysis;

namespace Outwork.Content.Packages;

/// <summary>
/// A version as Semantic Versioning 2.0.0 has it, in its order (section 11), without build metadata: two versions that are the same in that
/// order are the same version here, so that one text names one package.
/// </summary>
public sealed class PackageVersion : IComparable<PackageVersion>, IEquatable<PackageVersion>
{
    /// <summary>The longest version, in characters.</summary>
    public const int MaximumLength = 64;

    // A time to the second, 20260719040912, fits.
    private const int MaximumDigits = 18;

    private readonly long[] _core;
    private readonly string[] _preRelease;
    private readonly string _text;

    private PackageVersion(string text, long[] core, string[] preRelease) => (_text, _core, _preRelease) = (text, core, preRelease);

    /// <summary>Whether it comes before the version of the same three numbers.</summary>
    public bool IsPreRelease => _preRelease.Length != 0;

    /// <summary>Reads a version; false for what is none.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PackageVersion? version)
    {
        version = null;
        if (text is null or { Length: 0 or > MaximumLength })
            return false;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        string[] numbers = (dash < 0 ? text : text[..dash]).Split('.');
        string[] preRelease = dash < 0 ? [] : text[(dash + 1)..].Split('.');
        if (numbers.Length != 3 || !Array.TrueForAll(numbers, IsNumber) || !Array.TrueForAll(preRelease, IsIdentifier))
            return false;
        version = new PackageVersion(text, Array.ConvertAll(numbers, long.Parse), preRelease);
        return true;
    }

    /// <summary>Reads a version that is known to be one.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static PackageVersion Parse(string text) =>
        TryParse(text, out PackageVersion? version) ? version : throw new FormatException($"'{text}' is no version.");

    /// <inheritdoc/>
    public int CompareTo(PackageVersion? other)
    {
        if (other is null)
            return 1;
        for (int i = 0; i < _core.Length; i++)
        {
            if (_core[i] != other._core[i])
                return _core[i].CompareTo(other._core[i]);
        }

        if (!IsPreRelease || !other.IsPreRelease)
            return other.IsPreRelease.CompareTo(IsPreRelease);
        for (int i = 0; i < Math.Min(_preRelease.Length, other._preRelease.Length); i++)
        {
            int order = CompareIdentifiers(_preRelease[i], other._preRelease[i]);
            if (order != 0)
                return order;
        }

        return _preRelease.Length.CompareTo(other._preRelease.Length);
    }

    /// <inheritdoc/>
    public bool Equals(PackageVersion? other) => other is not null && _text == other._text;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PackageVersion);

    /// <inheritdoc/>
    public override int GetHashCode() => _text.GetHashCode(StringComparison.Ordinal);

    /// <summary>As it was written.</summary>
    public override string ToString() => _text;

    /// <summary>Whether one is the same version as the other.</summary>
    public static bool operator ==(PackageVersion? one, PackageVersion? other) => one is null ? other is null : one.Equals(other);

    /// <summary>Whether one is another version than the other.</summary>
    public static bool operator !=(PackageVersion? one, PackageVersion? other) => !(one == other);

    /// <summary>Whether one comes before the other.</summary>
    public static bool operator <(PackageVersion one, PackageVersion other) => one.CompareTo(other) < 0;

    /// <summary>Whether one comes after the other.</summary>
    public static bool operator >(PackageVersion one, PackageVersion other) => one.CompareTo(other) > 0;

    /// <summary>Whether one does not come after the other.</summary>
    public static bool operator <=(PackageVersion one, PackageVersion other) => one.CompareTo(other) <= 0;

    /// <summary>Whether one does not come before the other.</summary>
    public static bool operator >=(PackageVersion one, PackageVersion other) => one.CompareTo(other) >= 0;

    private static bool IsNumber(string text) =>
        text.Length is > 0 and <= MaximumDigits && text.All(char.IsAsciiDigit) && (text.Length == 1 || text[0] != '0');

    private static bool IsIdentifier(string text) =>
        text.Length != 0 && text.All(static c => char.IsAsciiLetterOrDigit(c) || c == '-') && (!text.All(char.IsAsciiDigit) || text.Length == 1 || text[0] != '0');

    private static int CompareIdentifiers(string one, string other)
    {
        bool number = one.All(char.IsAsciiDigit);
        if (number != other.All(char.IsAsciiDigit))
            return number ? -1 : 1;
        // Numbers without leading zeros: the longer one is the greater one, however long.
        return number && one.Length != other.Length ? one.Length.CompareTo(other.Length) : string.CompareOrdinal(one, other);
    }
}
