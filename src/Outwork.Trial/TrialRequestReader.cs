using System.Text;
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

    /// <summary>The trial that was asked for last; 0 for none.</summary>
    public ulong Id { get; private set; }

    /// <summary>The request; null, with the fault, when it is not complete.</summary>
    /// <param name="trial">Its first line, if that was read already.</param>
    public TrialRequest? Read(TrialMessage? trial)
    {
        // What is left of an earlier trial's lines may come first.
        while (trial is not { Type: TrialTypes.Trial })
        {
            trial = Take();
            if (trial is null)
                return null;
        }

        Id = trial.Id;
        var recording = new List<RecordedQuestion>();
        long bytes = 0;
        while (Take() is { } message)
        {
            switch (message.Type)
            {
                case TrialTypes.Trial:
                    // Whoever asks has given up the one before, and nothing of it belongs to this one.
                    trial = message;
                    Id = trial.Id;
                    recording.Clear();
                    bytes = 0;
                    break;
                case TrialTypes.Replay:
                    return TrialRequest.Of(trial, options, recording);
                case TrialTypes.Question when message.Question is { } question && TrialRequest.MayAsk(question) && recording.Count < TrialRequest.MostQuestions:
                    bytes += TrialRequest.BytesOfQuestion + Encoding.UTF8.GetByteCount(question.Path);
                    if (bytes <= TrialRequest.MostBytes)
                        recording.Add(question);
                    break;
                default:
                    break;
            }
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
