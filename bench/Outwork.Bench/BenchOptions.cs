namespace Outwork.Bench;

/// <summary>What one run measures.</summary>
internal sealed record BenchOptions
{
    /// <summary>The parts there are, in the order in which they run.</summary>
    public static readonly string[] AllParts = ["spawn", "open", "build", "storm", "idle", "repository", "update"];

    /// <summary>A short run: its numbers are for a first look, and no bar is judged by them.</summary>
    public bool Quick { get; init; }

    /// <summary>Interleaved rounds.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Spawns a round and configuration; ten times as many opens.</summary>
    public int Operations { get; init; } = 3_000;

    /// <summary>Which of <see cref="AllParts"/>.</summary>
    public IReadOnlyList<string> Parts { get; init; } = AllParts;

    /// <summary>Only these configurations, by their id; empty: all that the machine has.</summary>
    public IReadOnlyList<string> Configurations { get; init; } = [];

    /// <summary>Where the built executables are: outwork and what it starts.</summary>
    public required string Binaries { get; init; }

    /// <summary>The bench directory of the sources: responder, workloads, policies.</summary>
    public required string Sources { get; init; }

    /// <summary>Private directory of this run: image, mount point, state. Removed at the end.</summary>
    public required string Work { get; init; }

    /// <summary>Where all numbers go as JSON, or null.</summary>
    public string? JsonFile { get; init; }

    /// <summary>The document whose marked section is replaced, or null.</summary>
    public string? MarkdownFile { get; init; }

    /// <summary>Length of the storm.</summary>
    public TimeSpan Storm => Quick ? TimeSpan.FromSeconds(3) : TimeSpan.FromSeconds(15);

    /// <summary>Length of the idle measurement.</summary>
    public TimeSpan Idle => Quick ? TimeSpan.FromSeconds(5) : TimeSpan.FromSeconds(30);

    /// <summary>Starts of `outwork up` that are timed.</summary>
    public int Starts => Quick ? 2 : 5;
}
