using Outwork.Content.Trials;
using Outwork.Contracts.Verdicts;

namespace Outwork.Content.Tests.Trials;

public sealed class TrialComparisonTests
{
    private const long MiB = 1024 * 1024;
    private static readonly TrialLimits Limits = TrialLimits.Default;

    private static readonly TrialObservation Good = new()
    {
        Ready = true, StartIsOver = true, ContentLoaded = true, Asked = 12_000, Answered = 12_000,
    };

    public static TheoryData<TrialRefusal> Refusals => [.. Enum.GetValues<TrialRefusal>()];

    [Fact]
    public void Content_that_answers_as_before_passes()
    {
        TrialVerdict verdict = TrialComparison.Judge(Limits, Good);

        Assert.True(verdict.Passed);
        Assert.Equal("trial-none", verdict.Code);
        Assert.Equal("12,000 questions answered in time, as before.", verdict.What);
    }

    [Fact]
    public void Trial_that_has_just_begun_has_nothing_against_it() =>
        Assert.True(TrialComparison.Judge(Limits, new TrialObservation()).Passed);

    [Fact]
    public void Crash_is_told_with_its_cause_and_the_file()
    {
        TrialVerdict verdict = TrialComparison.Judge(
            Limits, Good with { Ending = "ended by signal 11 (SIGSEGV)", Answered = 9_999, LastPath = "/bin/ls", MissedDeadlines = 1 });

        Assert.Equal(TrialRefusal.Crashed, verdict.Refusal);
        Assert.Equal("trial-crashed", verdict.Code);
        Assert.Equal("The product ended by signal 11 (SIGSEGV) after 9,999 answers; it was asked about /bin/ls last.", verdict.What);
    }

    [Fact]
    public void Crash_while_content_is_loaded_is_told_as_that() =>
        Assert.Equal(
            "The product ended with code 134 while it loaded the content.",
            TrialComparison.Judge(Limits, new TrialObservation { Ending = "ended with code 134" }).What);

    [Fact]
    public void Protected_file_denied_refuses_whatever_the_limit_is()
    {
        var differences = new TrialDifferences();
        differences.Add("/bin/sh", isProtected: true, Verdict.Deny, Verdict.Deny, "rule x");

        TrialVerdict verdict = TrialComparison.Judge(Limits with { NewlyDenied = 100 }, Good with { Differences = differences });

        Assert.Equal(TrialRefusal.ProtectedDenied, verdict.Refusal);
        Assert.Equal("It would deny a file on which this machine depends, such as /bin/sh (rule x).", verdict.What);
    }

    [Theory]
    [InlineData(2, TrialRefusal.None)]
    [InlineData(1, TrialRefusal.NewlyDenied)]
    [InlineData(0, TrialRefusal.NewlyDenied)]
    public void Newly_denied_files_are_counted_once_each(int limit, TrialRefusal expected)
    {
        var differences = new TrialDifferences();
        for (int i = 0; i < 1_000; i++)
            differences.Add(i % 2 == 0 ? "/opt/a" : "/opt/b", isProtected: false, Verdict.Allow, Verdict.Deny, "");

        TrialVerdict verdict = TrialComparison.Judge(Limits with { NewlyDenied = limit }, Good with { Differences = differences });

        Assert.Equal(expected, verdict.Refusal);
        Assert.Equal(2, differences.NewlyDenied);
    }

    [Fact]
    public void File_denied_before_may_be_denied_again_and_may_be_allowed()
    {
        var differences = new TrialDifferences();
        differences.Add("/opt/a", isProtected: false, Verdict.Deny, Verdict.Deny, "");
        differences.Add("/opt/b", isProtected: false, Verdict.Deny, Verdict.Allow, "");
        differences.Add("/opt/c", isProtected: false, Verdict.None, Verdict.None, "");

        TrialVerdict verdict = TrialComparison.Judge(Limits, Good with { Differences = differences });

        Assert.True(verdict.Passed);
        Assert.EndsWith("It allows a file that was denied until now.", verdict.What, StringComparison.Ordinal);
    }

    [Fact]
    public void File_of_which_nothing_was_answered_may_be_denied_and_one_on_which_the_machine_depends_may_not()
    {
        var differences = new TrialDifferences();
        differences.Add("/opt/a", isProtected: false, Verdict.None, Verdict.Deny, "");
        Assert.True(TrialComparison.Judge(Limits, Good with { Differences = differences }).Passed);

        differences.Add("/bin/sh", isProtected: true, Verdict.None, Verdict.Deny, "");
        Assert.Equal(TrialRefusal.ProtectedDenied, TrialComparison.Judge(Limits, Good with { Differences = differences }).Refusal);
    }

    [Fact]
    public void File_that_can_no_longer_be_judged_refuses()
    {
        var differences = new TrialDifferences();
        differences.Add("/opt/a", isProtected: false, Verdict.Allow, Verdict.None, "out of time");

        TrialVerdict verdict = TrialComparison.Judge(Limits, Good with { Differences = differences });

        Assert.Equal(TrialRefusal.NotJudged, verdict.Refusal);
        Assert.Contains("/opt/a (out of time)", verdict.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(100, TrialRefusal.None)]
    [InlineData(101, TrialRefusal.NewlyDenied)]
    public void Files_that_users_may_write_have_a_limit_of_their_own(int files, TrialRefusal expected)
    {
        var differences = new TrialDifferences();
        for (int i = 0; i < files; i++)
            differences.Add($"/home/user/{i}", isProtected: false, Verdict.Allow, i < 60 ? Verdict.Deny : Verdict.None, "rule x");

        TrialVerdict verdict = TrialComparison.Judge(Limits, Good with { UserFiles = differences });

        Assert.Equal(expected, verdict.Refusal);
        Assert.Contains(expected == TrialRefusal.None ? "denies 60 files" : "would deny 60, could not judge 41", verdict.What, StringComparison.Ordinal);
        Assert.Contains("such as /home/user/0 (rule x)", verdict.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Slow_files_that_users_may_write_count_there_too()
    {
        Assert.True(TrialComparison.Judge(Limits, Good with { MissedUserFiles = 100 }).Passed);
        TrialVerdict verdict = TrialComparison.Judge(Limits, Good with { MissedUserFiles = 101 });

        Assert.Equal(TrialRefusal.DeadlinesMissed, verdict.Refusal);
        Assert.EndsWith("no answer in time about 101 (100 may be).", verdict.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Quiet_machine_is_no_blame_of_the_content()
    {
        TrialVerdict verdict = TrialComparison.Judge(Limits with { LiveEvents = 5 }, Good with { Live = 3, LiveIsOver = true });

        Assert.Equal(TrialRefusal.TooFewEvents, verdict.Refusal);
        Assert.Equal("Only 3 of 5 live questions came within 3,600 s.", verdict.What);
        Assert.True(TrialComparison.Judge(Limits with { LiveEvents = 3 }, Good with { Live = 3, LiveIsOver = true }).Passed);
    }

    [Theory]
    [InlineData(100, 163, TrialRefusal.None)] // +63 %, and less than 64 MiB
    [InlineData(100, 165, TrialRefusal.MemoryGrown)]
    [InlineData(400, 590, TrialRefusal.None)] // +190 MiB, and less than 50 %
    [InlineData(400, 601, TrialRefusal.MemoryGrown)]
    [InlineData(0, 601, TrialRefusal.None)] // nothing to measure by
    public void Memory_may_grow_by_either_limit(long beforeMiB, long peakMiB, TrialRefusal expected) =>
        Assert.Equal(expected, TrialComparison.Judge(Limits, Good with { MemoryBefore = beforeMiB * MiB, MemoryPeak = peakMiB * MiB }).Refusal);

    [Fact]
    public void Each_other_fault_has_its_own_code()
    {
        (TrialObservation Seen, TrialRefusal Expected)[] faults =
        [
            (Good with { RequestFault = "no such product" }, TrialRefusal.NotTried),
            (Good with { StartFault = "no such file" }, TrialRefusal.NotStarted),
            (Good with { AbandonedBecause = "the agent went away" }, TrialRefusal.Abandoned),
            (Good with { ProtocolFault = "a frame" }, TrialRefusal.ProtocolBroken),
            (Good with { ContentFault = "template.json:3: no" }, TrialRefusal.ContentRefused),
            (Good with { Ready = false }, TrialRefusal.NotReady),
            (Good with { ContentLoaded = false }, TrialRefusal.ContentNotLoaded),
            (Good with { MissedDeadlines = 1 }, TrialRefusal.DeadlinesMissed),
            (Good with { ReplayIsOver = true, Left = 7 }, TrialRefusal.TooSlow),
            (Good with { FailingMessage = "no content is in force" }, TrialRefusal.Failing),
        ];
        Assert.All(faults, fault => Assert.Equal(fault.Expected, TrialComparison.Judge(Limits, fault.Seen).Refusal));
        Assert.All(faults, fault => Assert.Matches(@"^[A-Z0-9].*[.\w]$", TrialComparison.Judge(Limits, fault.Seen).What));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public void Every_refusal_has_a_remedy(TrialRefusal refusal) => Assert.EndsWith(".", TrialRefusals.RemedyOf(refusal), StringComparison.Ordinal);

    [Fact]
    public void Codes_are_frozen() => Assert.Equal(
        [
            "trial-none", "trial-not-tried", "trial-abandoned", "trial-not-started", "trial-crashed", "trial-not-ready", "trial-content-refused",
            "trial-content-not-loaded", "trial-protocol-broken", "trial-protected-denied", "trial-newly-denied", "trial-not-judged",
            "trial-deadlines-missed", "trial-too-slow", "trial-memory-grown", "trial-failing", "trial-too-few-events",
        ],
        Enum.GetValues<TrialRefusal>().Select(TrialRefusals.CodeOf));

    [Theory]
    [InlineData(TrialRefusal.NotTried, false)]
    [InlineData(TrialRefusal.Abandoned, false)]
    [InlineData(TrialRefusal.NotStarted, false)]
    [InlineData(TrialRefusal.TooFewEvents, false)]
    [InlineData(TrialRefusal.Crashed, true)]
    [InlineData(TrialRefusal.DeadlinesMissed, true)]
    public void Content_is_blamed_only_for_what_it_did(TrialRefusal refusal, bool blamed) =>
        Assert.Equal(blamed, TrialRefusals.BlamesContent(refusal));

    [Fact]
    public void Limits_out_of_range_are_all_told() => Assert.Equal(
        ["deadlineMilliseconds: 1 is not between 50 and 60000", "newlyDenied: -1 is not between 0 and 1000000"],
        (Limits with { DeadlineMilliseconds = 1, NewlyDenied = -1 }).FindFaults().Select(static fault => fault.ToString()));

    [Fact]
    public void Default_limits_have_no_faults() => Assert.Empty(Limits.FindFaults());
}
