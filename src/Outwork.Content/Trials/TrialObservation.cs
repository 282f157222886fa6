namespace Outwork.Content.Trials;

/// <summary>What is known of a trial at one moment: all that <see cref="TrialComparison"/> decides by.</summary>
public sealed record TrialObservation
{
    /// <summary>What is wrong with the request; null when nothing is.</summary>
    public string? RequestFault { get; init; }

    /// <summary>Why the product's process could not be started; null when it was.</summary>
    public string? StartFault { get; init; }

    /// <summary>Why the trial was broken off; null when it was not.</summary>
    public string? AbandonedBecause { get; init; }

    /// <summary>How the process ended by itself: <c>ended by signal 11 (SIGSEGV)</c>; null while it runs.</summary>
    public string? Ending { get; init; }

    /// <summary>It takes questions.</summary>
    public bool Ready { get; init; }

    /// <summary>Time that it had for that is over.</summary>
    public bool StartIsOver { get; init; }

    /// <summary>It says that content is in force.</summary>
    public bool ContentLoaded { get; init; }

    /// <summary>Why it refused the content, in its words; null when it did not.</summary>
    public string? ContentFault { get; init; }

    /// <summary>What it broke of the protocol; null when nothing.</summary>
    public string? ProtocolFault { get; init; }

    /// <summary>What it says of itself when it fails; null when it does not.</summary>
    public string? FailingMessage { get; init; }

    /// <summary>Questions asked so far.</summary>
    public int Asked { get; init; }

    /// <summary>Answers so far, in time or not.</summary>
    public int Answered { get; init; }

    /// <summary>Questions whose deadline passed without an answer.</summary>
    public int MissedDeadlines { get; init; }

    /// <summary>The same, about files that somebody but root may write.</summary>
    public int MissedUserFiles { get; init; }

    /// <summary>The file asked about last, for people.</summary>
    public string LastPath { get; init; } = "";

    /// <summary>Time for the recorded questions is over, and some are left.</summary>
    public bool ReplayIsOver { get; init; }

    /// <summary>Recorded questions that are left.</summary>
    public int Left { get; init; }

    /// <summary>Memory that it is measured by, in bytes: that of the instance in force, or its own once it was warm; 0 while unknown.</summary>
    public long MemoryBefore { get; init; }

    /// <summary>The most memory that it had, in bytes.</summary>
    public long MemoryPeak { get; init; }

    /// <summary>Time for live questions is over, and they were too few.</summary>
    public bool LiveIsOver { get; init; }

    /// <summary>Live questions asked.</summary>
    public int Live { get; init; }

    /// <summary>What it answered differently.</summary>
    public TrialDifferences Differences { get; init; } = new();

    /// <summary>What it answered differently about files that somebody but root may write.</summary>
    public TrialDifferences UserFiles { get; init; } = new();
}
