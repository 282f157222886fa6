using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;

namespace Outwork.Trial;

/// <summary>
/// What is asked in a trial, in order: every protected file, then the recording, again and again. A file that is gone or changed is left
/// out from then on.
/// </summary>
internal sealed class TrialRecording
{
    private readonly List<TrialQuestion> _questions;
    private int _next;

    /// <param name="subscription">What the product takes.</param>
    /// <param name="protectedFiles">Paths.</param>
    /// <param name="recording">What was asked before.</param>
    /// <param name="wanted">How many questions shall be asked.</param>
    public TrialRecording(SubscribeRequest subscription, IReadOnlyList<string> protectedFiles, IReadOnlyList<RecordedQuestion> recording, int wanted)
    {
        EventKind kind = subscription.Asks(EventKind.Exec) ? EventKind.Exec : EventKind.Open;
        bool isAsked = subscription.AuthKinds != 0;
        _questions = isAsked
            ? [.. protectedFiles.SelectMany(path => TrialQuestion.Protected(path, kind)), .. recording.Where(question => subscription.Asks(question.Kind)).Select(static question => new TrialQuestion(question, IsProtected: false))]
            : [];

        // Each at least once, however few are wanted.
        Total = _questions.Count == 0 ? 0 : Math.Max(wanted, _questions.Count);
    }

    /// <summary>How many are asked in all.</summary>
    public int Total { get; private set; }

    /// <summary>How many were given out.</summary>
    public int Given { get; private set; }

    /// <summary>How many are left.</summary>
    public int Left => Total - Given;

    /// <summary>Files left out.</summary>
    public int Skipped { get; private set; }

    /// <summary>The next; null when none is left.</summary>
    public TrialQuestion? Next()
    {
        if (Left <= 0)
            return null;
        Given++;
        TrialQuestion question = _questions[_next];
        _next = (_next + 1) % _questions.Count;
        return question;
    }

    /// <summary>The one given last could not be asked.</summary>
    public void Skip()
    {
        Given--;
        Skipped++;
        _next = ((_next - 1) + _questions.Count) % _questions.Count;
        _questions.RemoveAt(_next);
        if (_questions.Count == 0)
            Total = Given;
        else
            _next %= _questions.Count;
    }
}
