namespace Outwork.Content.Trials;

/// <summary>The types of lines.</summary>
public static class TrialTypes
{
    /// <summary>Asks for a trial.</summary>
    public const string Trial = "trial";

    /// <summary>A recorded question.</summary>
    public const string Question = "question";

    /// <summary>The recording is complete; live questions may follow.</summary>
    public const string Replay = "replay";

    /// <summary>A live question, with what was decided.</summary>
    public const string Live = "live";

    /// <summary>How far the trial is.</summary>
    public const string Progress = "progress";

    /// <summary>What became of it; the last line.</summary>
    public const string Result = "result";
}
