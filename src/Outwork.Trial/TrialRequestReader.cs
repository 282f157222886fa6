using Outwork.Content.Trials;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Trial;

/// <summary>Reads a request and its recording. Whoever asks must go on: silence ends it.</summary>
internal sealed class TrialRequestReader(TrialChannel channel, TrialOptions options, TimeProvider time)
{
    private readonly DescriptorPoll _poll = new();

    /// <summary>How long it may be silent.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Why there is no request; empty when nobody asked for anything.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>The request; null, with the fault, when it is not complete.</summary>
    public TrialRequest? Read()
    {
        // What is left of an earlier trial's lines may come first.
        TrialMessage? first;
        do
        {
            first = Take();
            if (first is null)
                return null;
        }
        while (first.Type != TrialTypes.Trial);

        var recording = new List<RecordedQuestion>();
        while (Take() is { } message)
        {
            if (message.Type == TrialTypes.Replay)
                return TrialRequest.Of(first, options, recording);
            if (message is { Type: TrialTypes.Question, Question: { } question } && recording.Count < TrialRequest.MostQuestions)
                recording.Add(question);
        }

        Fault = channel.Ended ? "whoever asked went away" : $"whoever asked was silent for {Patience.TotalSeconds:0.#} s in the middle of the recording";
        return null;
    }

    private TrialMessage? Take()
    {
        long started = time.GetTimestamp();
        while (true)
        {
            if (channel.TryTake() is { } message)
                return message;
            TimeSpan left = Patience - time.GetElapsedTime(started);
            if (channel.Ended || left <= TimeSpan.Zero)
                return null;
            _poll.Clear();
            _ = _poll.Add(channel.Handle);
            _poll.Wait(left);
        }
    }
}
