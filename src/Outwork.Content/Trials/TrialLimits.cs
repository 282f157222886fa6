using System.Text.Json.Serialization;
using Outwork.Contracts.Products;

namespace Outwork.Content.Trials;

/// <summary>What content on trial must withstand and may not do. The defaults are safe ones; manifest and administrator change them.</summary>
public sealed record TrialLimits
{
    /// <summary>The longest that may be asked for of live questions, in seconds, by whomever.</summary>
    public const int MostLiveSeconds = 7 * 24 * 60 * 60;

    private const int LiveEventsSeconds = 60 * 60;

    /// <summary>Recorded questions that are asked; the recording is repeated until there are so many.</summary>
    public int Questions { get; init; } = 12_000;

    /// <summary>How long live questions are asked afterwards, in seconds.</summary>
    public int LiveSeconds { get; init; } = 20;

    /// <summary>Live questions that must have been asked; the trial goes on after its time until there are so many, and at most for <see cref="LongestLiveSeconds"/>.</summary>
    public int LiveEvents { get; init; }

    /// <summary>After so long the live questions are too few, in seconds.</summary>
    [JsonIgnore]
    public int LongestLiveSeconds => Math.Max(LiveSeconds, LiveEventsSeconds);

    /// <summary>How long the product has for one answer, in milliseconds.</summary>
    public int DeadlineMilliseconds { get; init; } = 2_000;

    /// <summary>From the start of the process until it has loaded the content and takes questions, in seconds.</summary>
    public int StartSeconds { get; init; } = 20;

    /// <summary>The longest that asking the recorded questions may take, in seconds.</summary>
    public int ReplaySeconds { get; init; } = 900;

    /// <summary>Deadlines that it may miss.</summary>
    public int MissedDeadlines { get; init; }

    /// <summary>Distinct files that it may deny although they were allowed and have not changed. Files on which the machine depends are not among those.</summary>
    public int NewlyDenied { get; init; }

    /// <summary>Distinct files that it may fail to judge although they were judged.</summary>
    public int NotJudged { get; init; }

    /// <summary>
    /// Files that it may deny, fail to judge or be late about, of those that somebody but root may write: they count here alone. What anybody
    /// may have had judged decides nothing until it is much.
    /// </summary>
    public int UserFiles { get; init; } = 100;

    /// <summary>How much more memory it may take, in percent; beyond that it is refused if it is also beyond <see cref="MemoryGrowthMiB"/>.</summary>
    public int MemoryGrowthPercent { get; init; } = 50;

    /// <summary>How much more memory it may take, in MiB; beyond that it is refused if it is also beyond <see cref="MemoryGrowthPercent"/>.</summary>
    public int MemoryGrowthMiB { get; init; } = 64;

    /// <summary>The limits in force unless somebody says otherwise.</summary>
    public static TrialLimits Default { get; } = new();

    /// <summary>Every limit that is out of its range.</summary>
    public IReadOnlyList<ManifestFault> FindFaults()
    {
        var faults = new List<ManifestFault>();
        Check("questions", Questions, 0, 10_000_000);
        Check("liveSeconds", LiveSeconds, 0, MostLiveSeconds);
        Check("liveEvents", LiveEvents, 0, 10_000_000);
        Check("deadlineMilliseconds", DeadlineMilliseconds, 50, 60_000);
        Check("startSeconds", StartSeconds, 1, 600);
        Check("replaySeconds", ReplaySeconds, 1, 24 * 60 * 60);
        Check("missedDeadlines", MissedDeadlines, 0, 1_000_000);
        Check("newlyDenied", NewlyDenied, 0, 1_000_000);
        Check("notJudged", NotJudged, 0, 1_000_000);
        Check("userFiles", UserFiles, 0, 1_000_000);
        Check("memoryGrowthPercent", MemoryGrowthPercent, 0, 10_000);
        Check("memoryGrowthMiB", MemoryGrowthMiB, 0, 1024 * 1024);
        return faults;

        void Check(string field, int value, int least, int most)
        {
            if (value < least || value > most)
                faults.Add(new ManifestFault(field, $"{value} is not between {least} and {most}"));
        }
    }
}
