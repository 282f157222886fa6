using Outwork.Soak.Planning;

namespace Outwork.Soak;

/// <summary>What one soak does.</summary>
internal sealed record SoakOptions
{
    /// <summary>How long.</summary>
    public required TimeSpan Length { get; init; }

    /// <summary>What the plan follows from.</summary>
    public required int Seed { get; init; }

    /// <summary>The mount point that is guarded and worked on; null for a file system of the soak's own.</summary>
    public string? Mount { get; init; }

    /// <summary>Where the report goes as JSON, or null.</summary>
    public string? JsonFile { get; init; }

    /// <summary>Where the built executables are.</summary>
    public required string Binaries { get; init; }

    /// <summary>The program of the product that misbehaves.</summary>
    public required string Chaos { get; init; }

    /// <summary>The root of the source tree: probes, policy, the small root's script.</summary>
    public required string Sources { get; init; }

    /// <summary>Private directory of this run. Removed at the end.</summary>
    public required string Work { get; init; }

    /// <summary>How fast faults follow each other.</summary>
    public SoakPace Pace => SoakPace.For(Length);

    /// <summary>The command that does it again.</summary>
    public string Again => FormattableString.Invariant($"./outwork soak --seed {Seed} --minutes {Length.TotalMinutes:0.###}");
}
