using Outwork.Content.Trials;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial.Tests;

public sealed class TrialAnswersTests : TimeProvider
{
    private const long Deadline = 2_000_000_000;

    private static readonly TrialQuestion Slow = Question("/home/user/slow");
    private static readonly TrialQuestion Other = Question("/usr/bin/other");

    private readonly QuestionLedger _ledger = new();
    private readonly TrialAnswers _answers;
    private long _now = 1;

    public TrialAnswersTests() => _answers = new TrialAnswers(this, TimeSpan.FromSeconds(2));

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => _now;

    [Fact]
    public void Question_that_waited_for_a_slow_one_is_asked_again_alone_and_no_miss_when_answered_then()
    {
        AskedQuestion slow = Ask(Slow);
        _ = Ask(Other);
        Pass(Deadline + 1);
        Assert.Equal((0, 2, 0), (_answers.Missed, _answers.Late, _answers.Open));

        // Not before the product is done with them, or nothing is to be hoped for.
        Assert.Null(_answers.TryTakeLate());
        Assert.False(_answers.HasRoom(8));
        Answer(slow);
        Pass(Deadline);
        AnswerAlone(Slow);
        AnswerAlone(Other);
        Assert.True(_answers is { IsSettled: true, Missed: 0, Answered: 2 });
        Assert.True(_answers.HasRoom(8));
    }

    [Fact]
    public void Question_that_is_late_alone_is_a_miss()
    {
        _ = Ask(Slow);
        Pass(Deadline + 1);
        Pass(Deadline);
        Assert.Same(Slow, _answers.TryTakeLate());
        _ = Ask(Slow, isAlone: true);
        Assert.False(_answers.HasRoom(8));
        Pass(Deadline + 1);
        Assert.True(_answers is { IsSettled: true, Missed: 1 });
    }

    [Fact]
    public void File_of_a_user_that_is_late_alone_counts_apart()
    {
        _answers.Add(null, Slow, ofUsers: true, isAlone: true, isGone: false);
        Assert.Equal((0, 1), (_answers.Missed, _answers.MissedUserFiles));
    }

    private static TrialQuestion Question(string path) => new(new RecordedQuestion { Kind = EventKind.Exec, Path = path, Verdict = Verdict.Allow }, IsProtected: false);

    private AskedQuestion Ask(TrialQuestion question, bool isAlone = false)
    {
        long now = MonotonicClock.Nanoseconds(this);
        AskedQuestion asked = _ledger.Add(now, now + Deadline);
        _answers.Add(asked, question, ofUsers: false, isAlone, isGone: false);
        return asked;
    }

    private void AnswerAlone(TrialQuestion expected)
    {
        Assert.Same(expected, _answers.TryTakeLate());
        AskedQuestion asked = Ask(expected, isAlone: true);
        Assert.False(_answers.HasRoom(8));
        Answer(asked);
        _answers.Settle(_ledger);
    }

    private void Answer(AskedQuestion asked) =>
        _ledger.Take(new AuthReply(asked.Id, Verdict.Allow, Cacheable: true, ContentGeneration: 1, Reason: ""), MonotonicClock.Nanoseconds(this));

    private void Pass(long nanoseconds)
    {
        _now += nanoseconds;
        _answers.Settle(_ledger);
    }
}
