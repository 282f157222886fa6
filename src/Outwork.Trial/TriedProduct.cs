namespace Outwork.Trial;

/// <summary>A product whose content may be tried, and all that its second instance gets.</summary>
internal sealed record TriedProduct
{
    private const string ControlGroup = "--cgroup";

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Absolute path of its program.</summary>
    public string Program { get; init; } = "";

    /// <summary>Whom the second instance runs as: nobody else, also not the first one.</summary>
    public uint User { get; init; }

    /// <summary>The folder with its slots.</summary>
    public string Packages { get; init; } = "";

    /// <summary>Options of the launcher: its confinement.</summary>
    public IReadOnlyList<string> LauncherOptions { get; init; } = [];

    /// <summary>The control groups among them, which are the second instance's alone.</summary>
    public IReadOnlyList<string> ControlGroups =>
        [.. LauncherOptions.Zip(LauncherOptions.Skip(1)).Where(static (pair, index) => index % 2 == 0 && pair.First == ControlGroup).Select(static pair => pair.Second)];

    /// <summary>Has an option of this name.</summary>
    public bool Has(string option) => LauncherOptions.Where((_, index) => index % 2 == 0).Contains(option, StringComparer.Ordinal);
}
