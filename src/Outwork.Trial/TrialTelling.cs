using Outwork.Content.Trials;

namespace Outwork.Trial;

/// <summary>Tells how far a trial is, twice a second: whoever asked takes silence for its failure.</summary>
internal sealed class TrialTelling(TrialChannel channel, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    private long? _told;

    /// <summary>Tells it if it is time.</summary>
    public void Progress(TrialReport report)
    {
        if (_told is { } told && time.GetElapsedTime(told) < Period)
            return;
        _told = time.GetTimestamp();
        channel.Send(report);
    }
}
