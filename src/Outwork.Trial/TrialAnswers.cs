using Outwork.Content.Trials;
using Outwork.Contracts;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial;

/// <summary>The questions that are open, and what became of the others. One thread.</summary>
internal sealed class TrialAnswers(TimeProvider time)
{
    private readonly LinkedList<(AskedQuestion Asked, TrialQuestion Question)> _open = [];

    /// <summary>Questions asked.</summary>
    public int Asked { get; private set; }

    /// <summary>Answers in time.</summary>
    public int Answered { get; private set; }

    /// <summary>Deadlines missed.</summary>
    public int Missed { get; private set; }

    /// <summary>Questions not answered yet.</summary>
    public int Open => _open.Count;

    /// <summary>The file asked about first of those that are open, or else last.</summary>
    public string LastPath => _open.First is { } first ? first.Value.Question.Recorded.Path : _last;

    /// <summary>What is answered differently.</summary>
    public TrialDifferences Differences { get; } = new();

    private string _last = "";

    /// <summary>Takes note of a question; null when it found no room in time.</summary>
    public void Add(AskedQuestion? asked, TrialQuestion question, bool isGone)
    {
        _last = question.Recorded.Path;
        if (isGone && asked is null)
            return;
        Asked++;
        if (asked is null)
            Missed++;
        else
            _ = _open.AddLast((asked, question));
    }

    /// <summary>Takes note of answers, and of deadlines that have passed.</summary>
    public void Settle(QuestionLedger ledger)
    {
        long now = MonotonicClock.Nanoseconds(time);
        for (LinkedListNode<(AskedQuestion Asked, TrialQuestion Question)>? node = _open.First; node is not null;)
        {
            LinkedListNode<(AskedQuestion Asked, TrialQuestion Question)>? next = node.Next;
            if (Settle(node.Value.Asked, node.Value.Question, ledger, now))
                _open.Remove(node);
            node = next;
        }
    }

    private bool Settle(AskedQuestion asked, TrialQuestion question, QuestionLedger ledger, long now)
    {
        if (asked.InTime && asked.Reply is { } reply)
        {
            Answered++;
            Differences.Add(question.Recorded.Path, question.IsProtected, question.Recorded.Verdict, reply.Verdict, reply.Reason);
            return true;
        }

        if (asked.Reply is null && asked.DeadlineNs >= now)
            return false;
        Missed++;
        ledger.GiveUp(asked);
        return true;
    }
}
