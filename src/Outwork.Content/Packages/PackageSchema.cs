namespace Outwork.Content.Packages;

/// <summary>
/// The interface that content was made for. The count of fields is stated, not derived: on 19 July 2024 a definition of 21 fields met an
/// interpreter that was given 20.
/// </summary>
/// <param name="Name">Name of the format.</param>
/// <param name="Version">Its version.</param>
/// <param name="Fields">How many fields an entry has.</param>
public sealed record PackageSchema(string Name, int Version, int Fields)
{
    /// <summary>For people.</summary>
    public override string ToString() => $"{Name} version {Version}, {Fields} {(Fields == 1 ? "field" : "fields")}";
}
