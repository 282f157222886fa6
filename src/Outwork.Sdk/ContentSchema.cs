namespace Outwork.Sdk;

/// <summary>
/// The format that content is made for and a product interprets: its name, its version, and how many fields a record has. Content says which
/// one it was made for, and the product compares that with the one that its interpreter has, in code. So content made for 21 fields never
/// meets an interpreter that supplies 20.
/// </summary>
/// <param name="Name">The format, as <c>execguard</c>.</param>
/// <param name="Version">Of the format, not of the content.</param>
/// <param name="Fields">How many fields one record has.</param>
public sealed record ContentSchema(string Name, int Version, int Fields)
{
    /// <summary>What keeps content from being interpreted by this schema, in a sentence; null when nothing does.</summary>
    /// <param name="declared">What the content says that it was made for; null when it says nothing.</param>
    public string? FindFault(ContentSchema? declared)
    {
        if (declared is null)
            return $"says not what it was made for; add \"schema\": {{ \"name\": \"{Name}\", \"version\": {Version}, \"fields\": {Fields} }}";
        return declared == this ? null : $"was made for {declared.Describe()}; this product interprets {Describe()}";
    }

    private string Describe() => $"{Name} version {Version} with {Fields} fields";
}
