using Microsoft.Win32.SafeHandles;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Trial.Tests;

/// <summary>Each content through the real trial: what is good passes, and each defect is refused for what it is.</summary>
public sealed class ContentTrialTests
{
    private static readonly TrialLimits Limits = RunningTrial.Limits;

    [Fact]
    public void Good_content_passes_and_live_questions_are_asked()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(Limits with { LiveSeconds = 3 }, trial.Record("tool", Verdict.Allow), trial.Record("evil-tool", Verdict.Deny));
        while (trial.Take() is { Phase: not "live" })
        {
        }

        trial.Send(new TrialMessage { Type = TrialTypes.Live, Question = trial.Record("live", Verdict.Allow) });
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.Equal(501, result.Asked);
        Assert.Equal(500, result.Total);
        Assert.Equal(1, result.Live);
        Assert.Equal(0, result.Skipped);
        Assert.Equal("291.1", result.ContentVersion);
        Assert.Null(result.Differences);
        trial.AssertNothingIsLeft();
    }

    [Fact]
    public void Trial_waits_for_as_many_live_questions_as_were_asked_for()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(Limits with { LiveSeconds = 0, LiveEvents = 2 }, trial.Record("tool", Verdict.Allow));
        for (int progress = 0; progress < 3;)
            progress += trial.Take() is { Phase: "live" } ? 1 : 0;
        trial.Send(new TrialMessage { Type = TrialTypes.Live, Question = trial.Record("live", Verdict.Allow) });
        trial.Send(new TrialMessage { Type = TrialTypes.Live, Question = trial.Record("another", Verdict.Allow) });
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.Equal(2, result.Live);
        trial.AssertNothingIsLeft();
    }

    [Fact]
    public void Content_of_July_19_is_refused_because_the_product_crashes()
    {
        TrialReport result = Try("july19", Limits);

        Assert.Equal("trial-crashed", result.Code);
        Assert.StartsWith("The product ended by signal 11 (SIGSEGV) after 0 answers; it was asked about /", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_that_crashes_on_the_ten_thousandth_event_is_refused_by_default()
    {
        TrialReport result = Try("event-10000", Limits with { Questions = TrialLimits.Default.Questions });

        Assert.Equal("trial-crashed", result.Code);
        Assert.StartsWith("The product ended by signal 11 (SIGSEGV) after 9,999 answers", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_that_hangs_is_refused()
    {
        TrialReport result = Try("hangs", Limits with { DeadlineMilliseconds = 2_000 });

        Assert.Equal("trial-deadlines-missed", result.Code);
    }

    [Fact]
    public void Content_that_denies_everything_is_refused_for_what_the_machine_depends_on()
    {
        TrialReport result = Try("denies-everything", Limits);

        Assert.Equal("trial-protected-denied", result.Code);
        Assert.Contains("template instance everything", result.What, StringComparison.Ordinal);
        Assert.Contains(result.Differences!, static difference => difference.Protected && difference.After == Verdict.Deny);
    }

    [Fact]
    public void Content_that_the_product_refuses_is_refused_in_its_words()
    {
        TrialReport result = Try("not-content", Limits);

        Assert.Equal("trial-content-refused", result.Code);
        Assert.Equal("The product refused the content: template.json: instance short has 1 fields, and its type 21", result.What);
    }

    [Theory]
    [InlineData(0, "trial-newly-denied")]
    [InlineData(1, "trial-none")]
    public void Content_that_denies_what_ran_until_now_is_refused_above_the_limit(int limit, string code)
    {
        using var trial = new RunningTrial("good");
        trial.Ask(Limits with { NewlyDenied = limit }, trial.Record("evil-tool", Verdict.Allow));
        TrialReport result = trial.TakeResult()!;

        Assert.Equal(code, result.Code);
        Assert.EndsWith("evil-tool", Assert.Single(result.Differences!).Path, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_users_may_write_does_not_refuse_content_by_itself()
    {
        using var trial = new RunningTrial("good");
        trial.Ask(Limits, trial.Record("evil-tool", Verdict.Allow, UnixFileMode.OtherWrite));
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.EndsWith("evil-tool", Assert.Single(result.Differences!).Path, StringComparison.Ordinal);
        Assert.Contains("that users may write", result.What, StringComparison.Ordinal);
    }

    [Fact]
    public void File_that_does_not_open_is_left_out()
    {
        using var trial = new RunningTrial("good");
        RecordedQuestion stuck = trial.Record("stuck", Verdict.Allow);
        // Nobody answers: whoever opens it waits, until the group is closed.
        using SafeFileHandle group = Interop.fanotify_init(Interop.FAN_CLASS_CONTENT | Interop.FAN_CLOEXEC, 0);
        Assert.Equal(0, Interop.fanotify_mark_path(group, Interop.FAN_MARK_ADD, Interop.FAN_OPEN_PERM, Interop.AT_FDCWD, stuck.Path));
        trial.Ask(Limits, stuck, trial.Record("tool", Verdict.Allow));
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.Equal(1, result.Skipped);
    }

    [Fact]
    public void Libraries_are_asked_about_as_what_they_are_and_programs_of_this_machine_ask()
    {
        const string library = "/usr/lib/x86_64-linux-gnu/libc.so.6";
        Assert.Equal([ExecVia.Library, ExecVia.Direct], TrialQuestion.Protected(library, EventKind.Exec).Select(static question => question.Recorded.Via));
        Assert.Equal([ExecVia.Direct], TrialQuestion.Protected("/usr/bin/bash", EventKind.Exec).Select(static question => question.Recorded.Via));
        Assert.Equal([ExecVia.None], TrialQuestion.Protected(library, EventKind.Open).Select(static question => question.Recorded.Via));
        var asker = new TrialAsker(["/usr/bin/bash", "/usr/bin/env"]);
        (string Executable, int Pid)[] asked = [.. Enumerable.Range(0, 1_000).Select(_ => asker.Next())];
        Assert.Equal(2, asked.Select(static by => by.Executable).Distinct().Count());
        Assert.Equal(1_000, asked.Select(static by => by.Pid).Distinct().Count());
    }

    [Fact]
    public void Memory_is_measured_by_the_instance_in_force()
    {
        using LaunchedProcess small = new LinuxProcessLauncher().Start(new ProcessSpec { Program = "/bin/sleep", Arguments = ["1000"], Environment = [], Descriptors = [] }).Process!;
        try
        {
            using var trial = new RunningTrial("good");
            trial.Send(new TrialMessage { Type = TrialTypes.Trial, Id = 1, Product = RunningTrial.Product, Slot = "b", ProcessInForce = small.ProcessId, Limits = Limits with { MemoryGrowthMiB = 1 } });
            trial.Send(new TrialMessage { Type = TrialTypes.Replay });

            Assert.Equal("trial-memory-grown", trial.TakeResult()!.Code);
        }
        finally
        {
            small.Kill();
            Assert.NotNull(small.WaitForExit(TimeSpan.FromSeconds(10)));
        }
    }

    [Fact]
    public void File_that_changed_since_it_was_recorded_is_left_out()
    {
        using var trial = new RunningTrial("good");
        RecordedQuestion changed = trial.Record("evil-tool", Verdict.Allow);
        trial.Ask(Limits, changed with { Size = changed.Size + 1 }, changed with { Path = "/no/such/file" }, changed with { Path = "/etc/shadow" });
        TrialReport result = trial.TakeResult()!;

        Assert.True(result.Refusal == TrialRefusal.None, result.What);
        Assert.Equal(3, result.Skipped);
    }

    private static TrialReport Try(string content, TrialLimits limits)
    {
        using var trial = new RunningTrial(content);
        trial.Ask(limits, trial.Record("tool", Verdict.Allow));
        TrialReport result = trial.TakeResult()!;
        trial.AssertNothingIsLeft();
        return result;
    }
}
