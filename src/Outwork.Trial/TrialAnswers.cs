using Outwork.Content.Trials;
using Outwork.Contracts;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial;

/// <summary>
/// The questions that are open, and what became of the others. One that was answered late may have waited for its neighbours: it is asked
/// once more, alone, and only a second miss counts. One thread.
/// </summary>
/// <param name="time">Clock.</param>
/// <param name="deadline">How long the product has for one answer.</param>
internal sealed class TrialAnswers(TimeProvider time, TimeSpan deadline)
{
    private readonly LinkedList<OpenQuestion> _open = [];
    private readonly Queue<TrialQuestion> _late = [];
    private readonly List<AskedQuestion> _stillJudged = [];
    private long _lastMissNs;
    private string _last = "";

    /// <summary>Questions asked.</summary>
    public int Asked { get; private set; }

    /// <summary>Answers in time.</summary>
    public int Answered { get; private set; }

    /// <summary>Deadlines missed, also when nothing else was asked.</summary>
    public int Missed { get; private set; }

    /// <summary>The same, of files that somebody but root may write.</summary>
    public int MissedUserFiles { get; private set; }

    /// <summary>Questions not answered yet.</summary>
    public int Open => _open.Count;

    /// <summary>Questions to be asked once more, alone.</summary>
    public int Late => _late.Count;

    /// <summary>Everything asked has come to something.</summary>
    public bool IsSettled => Open == 0 && Late == 0;

    /// <summary>The file asked about first of those that are open, or else last.</summary>
    public string LastPath => _open.First is { } first ? first.Value.Question.Recorded.Path : _last;

    /// <summary>What is answered differently.</summary>
    public TrialDifferences Differences { get; } = new();

    /// <summary>What is answered differently about files that somebody but root may write.</summary>
    public TrialDifferences UserFiles { get; } = new();

    /// <summary>Another question may be asked beside so many open ones.</summary>
    public bool HasRoom(int most) => Late == 0 && (Open == 0 || (Open < most && !_open.First!.Value.IsAlone));

    /// <summary>The next late one; null while the product may still be busy with others.</summary>
    public TrialQuestion? TryTakeLate()
    {
        if (Open > 0 || Late == 0)
            return null;
        _ = _stillJudged.RemoveAll(static asked => asked.Reply is not null);
        if (_stillJudged.Count > 0 && MonotonicClock.Nanoseconds(time) - _lastMissNs < deadline.Ticks * 100)
            return null;
        _stillJudged.Clear();
        return _late.Dequeue();
    }

    /// <summary>Takes note of a question.</summary>
    /// <param name="asked">The question; null when it found no room in time.</param>
    /// <param name="question">Which.</param>
    /// <param name="ofUsers">Somebody but root may write the file.</param>
    /// <param name="isAlone">It is asked a second time, and nothing beside it.</param>
    /// <param name="isGone">The product is gone.</param>
    public void Add(AskedQuestion? asked, TrialQuestion question, bool ofUsers, bool isAlone, bool isGone)
    {
        _last = question.Recorded.Path;
        if (isGone && asked is null)
            return;
        Asked++;
        if (asked is null)
            Miss(question, ofUsers, isAlone);
        else
            _ = _open.AddLast(new OpenQuestion(asked, question, ofUsers, isAlone));
    }

    /// <summary>Takes note of answers, and of deadlines that have passed.</summary>
    public void Settle(QuestionLedger ledger)
    {
        long now = MonotonicClock.Nanoseconds(time);
        for (LinkedListNode<OpenQuestion>? node = _open.First; node is not null;)
        {
            LinkedListNode<OpenQuestion>? next = node.Next;
            if (Settle(node.Value, ledger, now))
                _open.Remove(node);
            node = next;
        }
    }

    private bool Settle(OpenQuestion open, QuestionLedger ledger, long now)
    {
        AskedQuestion asked = open.Asked;
        TrialQuestion question = open.Question;
        if (asked.InTime && asked.Reply is { } reply)
        {
            Answered++;
            TrialDifferences found = open.OfUsers && !question.IsProtected ? UserFiles : Differences;
            found.Add(question.Recorded.Path, question.IsProtected, question.Recorded.Verdict, reply.Verdict, reply.Reason);
            return true;
        }

        if (asked.Reply is null && asked.DeadlineNs >= now)
            return false;
        if (asked.Reply is null)
            _stillJudged.Add(asked);
        _lastMissNs = now;
        ledger.GiveUp(asked);
        Miss(question, open.OfUsers, open.IsAlone);
        return true;
    }

    private void Miss(TrialQuestion question, bool ofUsers, bool isAlone)
    {
        if (!isAlone)
            _late.Enqueue(question);
        else if (ofUsers && !question.IsProtected)
            MissedUserFiles++;
        else
            Missed++;
    }

    private readonly record struct OpenQuestion(AskedQuestion Asked, TrialQuestion Question, bool OfUsers, bool IsAlone);
}
