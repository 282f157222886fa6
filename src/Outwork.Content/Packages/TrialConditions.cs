namespace Outwork.Content.Packages;

/// <summary>
/// What a package must show beside the instance in force before it takes its place. A vendor may ask for more than the administrator does and
/// never for less: what is in force of each condition is the stricter of both.
/// </summary>
public sealed record TrialConditions
{
    /// <summary>Recorded events that it must have been fed.</summary>
    public int MinimumReplayedEvents { get; init; } = 12_000;

    /// <summary>Live events that it must have judged in shadow.</summary>
    public int MinimumLiveEvents { get; init; }

    /// <summary>How long it must have judged live events, in seconds.</summary>
    public int MinimumLiveSeconds { get; init; } = 20;

    /// <summary>How much more memory than the instance in force it may take, in MiB.</summary>
    public int MaximumMemoryGrowthMiB { get; init; } = 64;

    /// <summary>Deadlines that it may miss.</summary>
    public int MaximumMissedDeadlines { get; init; }

    /// <summary>Distinct files that it may deny although they were allowed and have not changed.</summary>
    public int MaximumNewlyDenied { get; init; }

    /// <summary>What the administrator asks for unless told otherwise.</summary>
    public static TrialConditions Default { get; } = new();

    /// <summary>The stricter of both in each condition.</summary>
    public TrialConditions Strictest(TrialConditions other) => new()
    {
        MinimumReplayedEvents = Math.Max(MinimumReplayedEvents, other.MinimumReplayedEvents),
        MinimumLiveEvents = Math.Max(MinimumLiveEvents, other.MinimumLiveEvents),
        MinimumLiveSeconds = Math.Max(MinimumLiveSeconds, other.MinimumLiveSeconds),
        MaximumMemoryGrowthMiB = Math.Min(MaximumMemoryGrowthMiB, other.MaximumMemoryGrowthMiB),
        MaximumMissedDeadlines = Math.Min(MaximumMissedDeadlines, other.MaximumMissedDeadlines),
        MaximumNewlyDenied = Math.Min(MaximumNewlyDenied, other.MaximumNewlyDenied),
    };

    /// <summary>The manifest's names of the conditions that are less strict here than there.</summary>
    public IReadOnlyList<string> LooserThan(TrialConditions other)
    {
        TrialConditions strictest = Strictest(other);
        var found = new List<string>();
        Add("trial.minimumReplayedEvents", MinimumReplayedEvents == strictest.MinimumReplayedEvents);
        Add("trial.minimumLiveEvents", MinimumLiveEvents == strictest.MinimumLiveEvents);
        Add("trial.minimumLiveSeconds", MinimumLiveSeconds == strictest.MinimumLiveSeconds);
        Add("trial.maximumMemoryGrowthMiB", MaximumMemoryGrowthMiB == strictest.MaximumMemoryGrowthMiB);
        Add("trial.maximumMissedDeadlines", MaximumMissedDeadlines == strictest.MaximumMissedDeadlines);
        Add("trial.maximumNewlyDenied", MaximumNewlyDenied == strictest.MaximumNewlyDenied);
        return found;

        void Add(string field, bool asStrict)
        {
            if (!asStrict)
                found.Add(field);
        }
    }
}
