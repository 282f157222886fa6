using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;

namespace Outwork.Broker.Tests.Sessions;

/// <summary>One product's standing, step by step on a clock that the test moves.</summary>
public sealed class ProductStandingTests
{
    private static readonly ProductStandingOptions Options = new()
    {
        MissBudget = 4, ForgiveAfterMs = 1_000, GoodAnswersNeeded = 2, FirstPauseMs = 100, LongestPauseMs = 1_000,
    };

    private readonly ManualTime _time = new();
    private readonly ProductStanding _standing;
    private readonly ProductSession _session = new FakeProduct("p").Session;
    private ulong _request;

    public ProductStandingTests() => _standing = new ProductStanding(Options, _time);

    [Fact]
    public void Budget_used_up_within_its_window_demotes()
    {
        for (int i = 1; i < Options.MissBudget; i++) Assert.Equal(StandingStep.None, Miss());
        Assert.Equal((false, Options.MissBudget - 1), (_standing.IsDemoted, _standing.Misses));
        Assert.Equal(StandingStep.Demoted, Miss());
        Assert.True(_standing.IsDemoted);
        Assert.Equal(_time.UnixNs, _standing.DemotedSinceUnixNs);
        Assert.Equal(1, _standing.Demotions);
        Assert.Equal(StandingStep.None, Miss());
        Assert.Equal(1, _standing.Demotions);
    }

    [Fact]
    public void Misses_that_are_far_enough_apart_never_demote()
    {
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(StandingStep.None, Miss());
            _standing.Answer();
            Wait(Options.ForgiveAfterMs);
        }
        Assert.Equal(0, _standing.Misses);
    }

    [Fact]
    public void Product_that_answers_nothing_is_demoted_however_long_its_deadlines_are()
    {
        for (int i = 1; i < Options.MissBudget; i++)
        {
            Assert.Equal(StandingStep.None, Miss());
            Wait(Options.ForgiveAfterMs * 10);
        }
        Assert.Equal(StandingStep.Demoted, Miss());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void Product_that_answers_one_question_and_misses_the_next_is_demoted_however_long_its_deadlines_are(int seconds)
    {
        int misses = 0;
        for (; !_standing.IsDemoted; misses++)
        {
            Assert.True(misses < 20, "it is never demoted");
            // Of two questions it answers one at once.
            long asked = _time.GetTimestamp();
            _standing.Answer();
            Wait(seconds * Options.ForgiveAfterMs);
            _standing.MissDeadline(asked, _time.GetTimestamp());
            Wait(1);
        }
        Assert.InRange(misses, Options.MissBudget, 2 * Options.MissBudget);
    }

    [Fact]
    public void Questions_missed_in_the_same_stall_put_off_forgiveness()
    {
        long asked = _time.GetTimestamp();
        Wait(50);
        _standing.MissDeadline(asked, _time.GetTimestamp());
        _standing.Answer();
        Wait(Options.ForgiveAfterMs - 1);
        _standing.MissDeadline(asked + 1, _time.GetTimestamp());
        Wait(Options.ForgiveAfterMs * 10);
        Assert.Equal(1, _standing.Misses);
        _standing.Answer();
        Wait(Options.ForgiveAfterMs * 3);
        Assert.Equal(0, _standing.Misses);
    }

    [Fact]
    public void Misses_a_little_closer_than_that_demote_in_the_end()
    {
        for (int i = 1; i < Options.MissBudget; i++)
        {
            Assert.Equal(StandingStep.None, Miss());
            for (int j = 0; j < 9; j++)
            {
                _standing.Answer();
                Wait(Options.ForgiveAfterMs / 10);
            }
        }
        Assert.Equal(StandingStep.Demoted, Miss());
    }

    [Fact]
    public void Many_questions_missed_in_one_stall_count_once()
    {
        long asked = _time.GetTimestamp();
        Wait(50);
        for (int i = 0; i < 100; i++) Assert.Equal(StandingStep.None, _standing.MissDeadline(asked + i, _time.GetTimestamp()));
        Assert.Equal(1, _standing.Misses);
        // Asked after the first was noticed, and missed too: it stands still yet.
        long later = _time.GetTimestamp() + 1;
        Wait(50);
        _standing.MissDeadline(later, _time.GetTimestamp());
        Assert.Equal(2, _standing.Misses);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Crashes_and_nonsense_count_each_time(bool crashes)
    {
        for (int i = 1; i < Options.MissBudget; i++) Assert.Equal(StandingStep.None, Do());
        Assert.Equal(StandingStep.Demoted, Do());

        StandingStep Do() => crashes ? _standing.Crash() : _standing.SendNonsense();
    }

    [Fact]
    public void Good_answers_in_a_row_bring_it_back_with_half_of_the_budget()
    {
        Demote();
        Assert.False(_standing.IsTrialDue);
        Wait(Options.FirstPauseMs);
        Assert.True(_standing.IsTrialDue);
        Assert.Equal(StandingStep.TrialPassed, Trial());
        Assert.Equal((true, 1), (_standing.IsDemoted, _standing.GoodAnswers));
        Wait(Options.FirstPauseMs);
        Assert.Equal(StandingStep.Returned, Trial());
        Assert.False(_standing.IsDemoted);
        Assert.Equal(0, _standing.DemotedSinceUnixNs);
        Assert.Equal(Options.MissBudget / 2, _standing.Misses);
    }

    [Fact]
    public void Only_one_shadow_question_is_out_at_a_time()
    {
        Demote();
        Wait(Options.FirstPauseMs);
        Begin();
        Wait(10);
        Assert.False(_standing.IsTrialDue);
        Assert.Equal(StandingStep.None, _standing.ExpireTrial());
    }

    [Fact]
    public void Pauses_grow_with_each_trial_that_fails_up_to_a_limit_and_a_good_answer_ends_that()
    {
        Demote();
        foreach (int pause in new[] { 100, 200, 400, 800, 1_000, 1_000 })
        {
            Assert.Equal(pause, _standing.PauseMs);
            Wait(pause - 1);
            Assert.False(_standing.IsTrialDue);
            Wait(1);
            Assert.True(_standing.IsTrialDue);
            Begin();
            Wait(50);
            Assert.Equal(StandingStep.TrialFailed, _standing.ExpireTrial());
        }
        Wait(1_000);
        Assert.Equal(StandingStep.TrialPassed, Trial());
        Assert.Equal(Options.FirstPauseMs, _standing.PauseMs);
    }

    [Fact]
    public void Trial_that_fails_starts_the_row_of_good_answers_anew()
    {
        Demote();
        Wait(100);
        Trial();
        Wait(100);
        Begin();
        Assert.Equal(StandingStep.TrialFailed, _standing.EndTrial(couldJudge: false));
        Wait(200);
        Assert.Equal(StandingStep.TrialPassed, Trial());
        Assert.True(_standing.IsDemoted);
    }

    [Fact]
    public void Answer_on_trial_that_is_late_is_not_good()
    {
        Demote();
        Wait(100);
        Begin();
        Wait(50);
        Assert.Equal(StandingStep.TrialFailed, _standing.EndTrial(couldJudge: true));
    }

    [Fact]
    public void Nonsense_on_trial_starts_the_row_anew_and_tells_nobody()
    {
        Demote();
        Wait(100);
        Trial();
        for (int i = 0; i < 1_000; i++) Assert.Equal(StandingStep.None, _standing.SendNonsense());
        Assert.Equal((0, false), (_standing.GoodAnswers, _standing.IsTrialDue));
    }

    [Fact]
    public void New_session_is_still_demoted_and_is_tried_at_once()
    {
        Demote();
        Wait(100);
        Begin();
        Assert.Equal(StandingStep.TrialFailed, _standing.EndSession(_session));
        Assert.False(_standing.IsTrialDue);
        _standing.BeginSession();
        Assert.True(_standing.IsDemoted);
        Assert.True(_standing.IsTrialDue);
    }

    [Fact]
    public void Relapse_soon_after_its_return_costs_longer_pauses_and_one_much_later_does_not()
    {
        Demote();
        Return();
        Assert.Equal(StandingStep.None, Miss());
        Assert.Equal(StandingStep.Demoted, Miss());
        Assert.Equal(Options.FirstPauseMs * 4, _standing.PauseMs);
        Return();
        Wait(Options.ForgiveAfterMs * Options.MissBudget);
        Demote();
        Assert.Equal(Options.FirstPauseMs, _standing.PauseMs);
    }

    [Fact]
    public void Standing_that_was_kept_goes_on_where_it_was()
    {
        for (int i = 1; i < Options.MissBudget; i++) Miss();
        var misses = Restored(_standing.Save("p"));
        Assert.Equal((false, Options.MissBudget - 1), (misses.IsDemoted, misses.Misses));
        Wait(Options.ForgiveAfterMs * 10);
        Assert.Equal(Options.MissBudget - 1, misses.Misses);
        misses.Answer();
        Wait(Options.ForgiveAfterMs);
        Assert.Equal(Options.MissBudget - 2, misses.Misses);
        Assert.Equal(Options.MissBudget - 2, Restored(misses.Save("p")).Misses);

        Demote();
        Wait(_standing.PauseMs);
        Assert.Equal(StandingStep.TrialPassed, Trial());
        var demoted = Restored(_standing.Save("p"));
        Assert.Equal((true, 1, 1, _standing.DemotedSinceUnixNs), (demoted.IsDemoted, demoted.Demotions, demoted.GoodAnswers, demoted.DemotedSinceUnixNs));
        Wait(demoted.PauseMs);
        demoted.BeginTrial(_session, 77, _time.GetTimestamp() + TimeSpan.FromMilliseconds(50).Ticks);
        Assert.Equal(StandingStep.Returned, demoted.EndTrial(couldJudge: true));
    }

    [Fact]
    public void Every_change_is_kept_before_it_is_told()
    {
        StoredStanding kept = default;
        _standing.Changed = () => kept = _standing.Save("p");
        while (!_standing.IsDemoted)
        {
            Miss();
            Assert.Equal(_standing.Save("p"), kept);
        }
        Wait(_standing.PauseMs);
        Trial();
        Assert.Equal(1, kept.GoodAnswers);
        _standing.SendNonsense();
        Assert.Equal((true, 0), (kept.IsDemoted, kept.GoodAnswers));
        Return();
        Assert.Equal(_standing.Save("p"), kept);
        Assert.False(kept.IsDemoted);
    }

    [Theory]
    [InlineData(int.MinValue)]
    [InlineData(int.MaxValue)]
    public void Nonsense_in_what_was_kept_is_brought_within_bounds(int n)
    {
        var asked = Restored(new StoredStanding("p", false, n, n, n, n, n, n, n));
        Assert.False(asked.IsDemoted);
        Assert.InRange(asked.Misses, 0, Options.MissBudget - 1);
        var demoted = Restored(new StoredStanding("p", true, n, n, n, n, n, n, n));
        Assert.True(demoted.IsDemoted);
        Assert.InRange(demoted.GoodAnswers, 0, Options.GoodAnswersNeeded - 1);
        Assert.InRange(demoted.PauseMs, Options.FirstPauseMs, Options.LongestPauseMs);
        Assert.True(demoted.Demotions >= 1);
    }

    private ProductStanding Restored(in StoredStanding stored)
    {
        var standing = new ProductStanding(Options, _time);
        standing.Restore(stored);
        return standing;
    }

    private void Demote()
    {
        while (!_standing.IsDemoted) Miss();
    }

    private void Return()
    {
        while (_standing.IsDemoted)
        {
            Wait(_standing.PauseMs);
            Trial();
        }
    }

    private StandingStep Miss()
    {
        long asked = _time.GetTimestamp();
        Wait(1);
        return _standing.MissDeadline(asked, _time.GetTimestamp());
    }

    private void Begin()
    {
        Assert.True(_standing.IsTrialDue);
        _standing.BeginTrial(_session, ++_request, _time.GetTimestamp() + TimeSpan.FromMilliseconds(50).Ticks);
    }

    private StandingStep Trial()
    {
        Begin();
        Assert.True(_standing.IsOnTrial(_session, _request));
        Assert.False(_standing.IsOnTrial(_session, _request + 1));
        Assert.False(_standing.IsOnTrial(new FakeProduct("p").Session, _request));
        Wait(10);
        return _standing.EndTrial(couldJudge: true);
    }

    private void Wait(int milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds));
}
