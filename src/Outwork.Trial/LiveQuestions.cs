using Outwork.Content.Trials;

namespace Outwork.Trial;

/// <summary>
/// What happens on the machine meanwhile, told by whoever asked for the trial. When more comes than can be asked, the oldest is dropped.
/// Whoever asks for another trial has given up this one.
/// </summary>
internal sealed class LiveQuestions(TrialChannel channel)
{
    private const int Most = 1024;

    private readonly Queue<TrialQuestion> _waiting = new();

    /// <summary>How many of them were asked.</summary>
    public int Asked { get; set; }

    /// <summary>One waits.</summary>
    public bool Any => _waiting.Count > 0;

    /// <summary>The request of another trial, with which this one is over; null while there is none.</summary>
    public TrialMessage? Next { get; private set; }

    /// <summary>Takes what has come, and sees whether anybody still is there.</summary>
    public void Collect()
    {
        while (Next is null && channel.TryTake() is { } message)
        {
            if (message.Type == TrialTypes.Trial)
                Next = message;
            if (message is not { Type: TrialTypes.Live, Question: { } question } || !TrialRequest.MayAsk(question))
                continue;
            if (_waiting.Count == Most)
                _ = _waiting.Dequeue();
            _waiting.Enqueue(new TrialQuestion(question, IsProtected: false));
        }
    }

    /// <summary>The next; null when none waits.</summary>
    public TrialQuestion? TryTake() => _waiting.TryDequeue(out TrialQuestion? question) ? question : null;
}
