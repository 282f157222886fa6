using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>Every question of a session and what was answered to it.</summary>
public sealed class QuestionLedger
{
    // Apart, so that the neighbour of a question's number is nobody's.
    private const ulong Step = 7;

    private readonly Dictionary<ulong, AskedQuestion> _questions = [];
    private ulong _next = 1000;

    /// <summary>Replies that name no question of this session.</summary>
    public int Stray { get; private set; }

    /// <summary>Replies to questions that were answered already.</summary>
    public int Repeated { get; private set; }

    /// <summary>Replies of either kind have reasons; the first of them.</summary>
    public string FirstWrong { get; private set; } = "";

    /// <summary>Questions not answered and not given up.</summary>
    public int Open { get; private set; }

    /// <summary>Takes note of a question that is about to be asked.</summary>
    public AskedQuestion Add(long askedNs, long deadlineNs)
    {
        var question = new AskedQuestion(_next, askedNs, deadlineNs);
        _next += Step;
        _questions.Add(question.Id, question);
        Open++;
        return question;
    }

    /// <summary>Takes note of a reply.</summary>
    public void Take(in AuthReply reply, long nowNs)
    {
        if (!_questions.TryGetValue(reply.RequestId, out AskedQuestion? question))
        {
            Stray++;
            FirstWrong = FirstWrong.Length == 0 ? $"a reply to question {reply.RequestId}, which was never asked" : FirstWrong;
        }
        else if (question.Reply is not null)
        {
            Repeated++;
            FirstWrong = FirstWrong.Length == 0 ? $"a second reply to question {reply.RequestId}" : FirstWrong;
        }
        else
        {
            question.Reply = reply;
            question.AnsweredNs = nowNs;
            Open -= question.GivenUp ? 0 : 1;
        }
    }

    /// <summary>Is not waited for any more; an answer that comes yet is late.</summary>
    public void GiveUp(AskedQuestion question)
    {
        if (question.Reply is null && !question.GivenUp)
        {
            question.GivenUp = true;
            Open--;
        }
    }
}
