using Outwork.Content.Packages;
using Outwork.Content.Trials;

namespace Outwork.Agent.Updates;

/// <summary>Where content comes from and what it must show. Read from a file by <see cref="UpdateOptionsReader"/>.</summary>
internal sealed record UpdateOptions
{
    /// <summary>The repository: an address of http or https, or an absolute path; null when none is asked.</summary>
    public required string? Repository { get; init; }

    /// <summary>The root that is trusted at first; nothing when no repository is asked.</summary>
    public required ReadOnlyMemory<byte> Root { get; init; }

    /// <summary>How often the repository is asked.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The products that are followed, and those whose content is only watched.</summary>
    public required IReadOnlyList<FollowedProduct> Products { get; init; }

    /// <summary>With products whose content is only watched, by what holds where an administrator says nothing.</summary>
    /// <param name="options">What is followed; null for nothing.</param>
    /// <param name="names">Products with packaged content; those that are followed are passed over.</param>
    /// <returns>Null when there is nothing to do.</returns>
    public static UpdateOptions? WithWatched(UpdateOptions? options, IEnumerable<string> names)
    {
        options ??= new UpdateOptions { Repository = null, Root = default, Products = [] };
        FollowedProduct[] watched =
        [
            .. names.Where(name => !options.Products.Any(followed => followed.Name == name))
                .Select(static name => new FollowedProduct(name, Target: null, TrialLimits.Default, CommitConditions.DefaultSeconds)),
        ];
        return options.Repository is null && watched.Length == 0 ? null : options with { Products = [.. options.Products, .. watched] };
    }
}

/// <summary>One product's content, and its conditions.</summary>
/// <param name="Name">The product.</param>
/// <param name="Target">The package's path in the repository. What is there is replaced by each version. Null for content that is only watched while it is on trial.</param>
/// <param name="Limits">What the administrator lets content do on trial; the package's own conditions may be stricter.</param>
/// <param name="OnTrialSeconds">How long content must be in force without fault before it is committed, at least.</param>
internal sealed record FollowedProduct(string Name, string? Target, TrialLimits Limits, int OnTrialSeconds)
{
    /// <summary>The stricter of what the administrator and what the package asks for.</summary>
    public TrialLimits LimitsFor(TrialConditions asked) => Limits with
    {
        Questions = Math.Max(Limits.Questions, asked.MinimumReplayedEvents),
        LiveSeconds = Math.Max(Limits.LiveSeconds, asked.MinimumLiveSeconds),
        LiveEvents = Math.Max(Limits.LiveEvents, asked.MinimumLiveEvents),
        MemoryGrowthMiB = Math.Min(Limits.MemoryGrowthMiB, asked.MaximumMemoryGrowthMiB),
        MissedDeadlines = Math.Min(Limits.MissedDeadlines, asked.MaximumMissedDeadlines),
        NewlyDenied = Math.Min(Limits.NewlyDenied, asked.MaximumNewlyDenied),
    };
}
