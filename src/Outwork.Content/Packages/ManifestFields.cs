using Outwork.Contracts.Products;

namespace Outwork.Content.Packages;

/// <summary>Checks fields one by one and collects the faults.</summary>
internal sealed class ManifestFields(List<ManifestFault> faults)
{
    private const int MaximumName = 64;
    private const int MaximumFaults = 50;

    /// <summary>Enough to tell; a hostile manifest could have a million.</summary>
    public bool HasMany => faults.Count >= MaximumFaults;

    public static bool IsName(string? text) =>
        text is { Length: > 0 and <= MaximumName } && text[0] != '-' && text.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    public static bool IsDigest(string? text) => text is { Length: 64 } && text.All(static c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');

    public static bool IsSystem(string? text) =>
        text is { Length: <= MaximumName } && text.Split('-') is { Length: 2 or 3 } parts
        && parts.All(static part => part.Length != 0 && part.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '.'));

    public void Fault(string field, string message) => faults.Add(new ManifestFault(field, message));

    public T Fault<T>(string field, string message, T instead)
    {
        Fault(field, message);
        return instead;
    }

    public string Name(string field, string? text)
    {
        if (!IsName(text))
            Fault(field, text is null ? "missing" : $"expected 1 to {MaximumName} of a-z, 0-9 and '-', not '-' first");
        return text ?? "";
    }

    public PackageVersion? Version(string field, string? text, bool required)
    {
        if (text is null && !required)
            return null;
        if (!PackageVersion.TryParse(text, out PackageVersion? version))
            Fault(field, text is null ? "missing" : "expected a semantic version such as 1.4.0 or 2.0.0-rc.1, without build metadata");
        return version;
    }

    public PackageVersionRange Range(string field, RangeDocument? range)
    {
        if (range is null)
            return PackageVersionRange.Any;
        PackageVersion? from = Version(field + ".from", range.From, required: false);
        PackageVersion? below = Version(field + ".below", range.Below, required: false);
        if (from is not null && below is not null && from >= below)
            Fault(field, $"no version is {from} or later and below {below}");
        return new PackageVersionRange(from, below);
    }

    public int Required(string field, int? value, int least, int most) =>
        value is null ? Fault(field, "missing", least) : Range(field, value, least, least, most);

    public int Range(string field, int? value, int otherwise, int least, int most)
    {
        if (value < least || value > most)
            Fault(field, $"{value} is not between {least} and {most}");
        return value ?? otherwise;
    }
}
