using Outwork.Content.Trials;

namespace Outwork.Agent.Updates;

/// <summary>Where content comes from and what it must show. Read from a file by <see cref="UpdateOptionsReader"/>.</summary>
internal sealed record UpdateOptions
{
    /// <summary>The repository: an address of http or https, or an absolute path.</summary>
    public required string Repository { get; init; }

    /// <summary>Absolute path of the root file that is trusted at first.</summary>
    public required string Root { get; init; }

    /// <summary>How often the repository is asked.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The products that are followed.</summary>
    public required IReadOnlyList<FollowedProduct> Products { get; init; }
}

/// <summary>One product's content, and its conditions.</summary>
/// <param name="Name">The product.</param>
/// <param name="Target">The package's path in the repository. What is there is replaced by each version.</param>
/// <param name="Limits">What the administrator lets content do on trial; the package's own conditions may be stricter.</param>
/// <param name="OnTrialSeconds">How long content must be in force without fault before it is committed, at least.</param>
internal sealed record FollowedProduct(string Name, string Target, TrialLimits Limits, int OnTrialSeconds);
