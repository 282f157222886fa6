using Outwork.Content.Trials;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Processes;

namespace Outwork.Trial.Tests;

/// <summary>The process itself: whoever asks may be anybody's puppet, and it may be ended at any moment.</summary>
public sealed class TrialProcessTests
{
    private static readonly TrialLimits Long = RunningTrial.Limits with { Questions = 1_000_000, ReplaySeconds = 3_600 };

    [Fact]
    public void Trial_killed_in_the_middle_leaves_nothing()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(Long, trial.Record("tool", Verdict.Allow));
        WaitForReplay(trial);
        trial.Process.Kill();

        trial.AssertNothingIsLeft();
    }

    [Fact]
    public void Trial_ends_with_whoever_asked_for_it()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(Long, trial.Record("tool", Verdict.Allow));
        WaitForReplay(trial);
        trial.HangUp();

        trial.AssertNothingIsLeft();
        Assert.Equal(new ProcessExit(TrialExit.Done, 0), trial.Process.TryGetExit());
    }

    [Fact]
    public void Recording_that_stops_in_the_middle_ends_the_trial()
    {
        using var trial = new RunningTrial("good");
        trial.Send(new TrialMessage { Type = TrialTypes.Trial, Id = 1, Product = RunningTrial.Product, Slot = "b" });
        TrialReport result = trial.TakeResult()!;

        Assert.Equal("trial-abandoned", result.Code);
        Assert.False(TrialRefusals.BlamesContent(result.Refusal));
        trial.AssertNothingIsLeft();
    }

    [Fact]
    public void Request_that_another_one_follows_has_no_part_in_its_trial()
    {
        using var trial = new RunningTrial("good");
        trial.Send(new TrialMessage { Type = TrialTypes.Trial, Id = 1, Product = "other", Slot = "a" });
        trial.Send(new TrialMessage { Type = TrialTypes.Question, Question = trial.Record("evil-tool", Verdict.Allow) });
        trial.Ask(2, RunningTrial.Limits, trial.Record("tool", Verdict.Allow));
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.Equal(2UL, result.Id);
        Assert.Null(trial.TakeResult());
    }

    [Fact]
    public void Trial_that_is_given_up_for_another_ends_and_the_other_one_begins()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(1, Long, trial.Record("tool", Verdict.Allow));
        WaitForReplay(trial);
        trial.Ask(2, RunningTrial.Limits, trial.Record("tool", Verdict.Allow));
        TrialReport first = trial.TakeResult()!;
        TrialReport second = trial.TakeResult()!;

        Assert.Equal((1UL, TrialRefusal.Abandoned), (first.Id, first.Refusal));
        Assert.True(second is { Id: 2, Refusal: TrialRefusal.None }, second.What);
        trial.AssertNothingIsLeft();
    }

    [Fact]
    public void Silence_ends_the_process_without_a_result()
    {
        using var trial = new RunningTrial("good");

        Assert.Null(trial.TakeResult());
        trial.AssertNothingIsLeft();
    }

    [Theory]
    [InlineData("other", "b", "there is no product other")]
    [InlineData(RunningTrial.Product, "../b", "../b is no slot")]
    [InlineData(RunningTrial.Product, "a", "slot a holds nothing")]
    [InlineData(RunningTrial.Product, null, " is no slot")]
    public void Request_for_what_is_not_there_is_refused(string product, string? slot, string fault)
    {
        using var trial = new RunningTrial("good");
        trial.Send(new TrialMessage { Type = TrialTypes.Trial, Id = 1, Product = product, Slot = slot });
        trial.Send(new TrialMessage { Type = TrialTypes.Replay });
        TrialReport result = trial.TakeResult()!;

        Assert.Equal("trial-not-tried", result.Code);
        Assert.Equal($"There was no trial: {fault}.", result.What);
    }

    [Fact]
    public void Request_without_a_name_is_refused()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(0, RunningTrial.Limits);

        Assert.Equal("There was no trial: id is missing.", trial.TakeResult()!.What);
    }

    [Fact]
    public void Question_that_nobody_could_judge_or_that_is_too_long_is_not_asked()
    {
        var question = new RecordedQuestion { Kind = Contracts.Events.EventKind.Exec, Path = "/opt/" + new string('x', 4091), Verdict = Verdict.Allow };
        Assert.True(TrialRequest.MayAsk(question));
        Assert.False(TrialRequest.MayAsk(question with { Verdict = Verdict.None }));
        Assert.False(TrialRequest.MayAsk(question with { Path = question.Path + "x" }));
    }

    [Fact]
    public void Recording_is_taken_up_to_eight_megabytes()
    {
        const int offered = 2_300;
        using var trial = new RunningTrial("good");
        var question = new RecordedQuestion { Kind = Contracts.Events.EventKind.Exec, Path = "/" + new string('x', 4_000), Verdict = Verdict.Allow };
        trial.Ask(RunningTrial.Limits, [.. Enumerable.Repeat(question, offered)]);
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.Equal(TrialRequest.MostBytes / (4_001 + TrialRequest.BytesOfQuestion), result.Skipped);
        Assert.True(result.Skipped < offered);
    }

    [Fact]
    public void Limits_out_of_range_are_refused()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(RunningTrial.Limits with { Questions = -1 });

        Assert.Equal("There was no trial: limits: questions: -1 is not between 0 and 10000000.", trial.TakeResult()!.What);
    }

    [Fact]
    public void Lines_that_are_no_messages_are_passed_over()
    {
        using var trial = new RunningTrial("good");
        trial.SendRaw("\n{}\n{\"type\":\"live\"}\n\0\0\n" + new string('x', 300_000) + "\n");
        trial.Send(new TrialMessage { Type = TrialTypes.Live });
        trial.Ask(RunningTrial.Limits with { Questions = 1 });
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.True(result.Asked > 1, "every protected file is asked about");
    }

    private static void WaitForReplay(RunningTrial trial)
    {
        while (trial.Take() is { } report && report is not { Phase: "replay", Asked: > 0 })
        {
        }
    }
}
