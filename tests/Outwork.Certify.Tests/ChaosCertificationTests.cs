using Outwork.Cli.Certify;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Certify.Tests;

/// <summary>Each chaos product fails for the right reason: the first check that fails is the one made for it.</summary>
public sealed class ChaosCertificationTests(ChaosRuns runs) : IClassFixture<ChaosRuns>
{
    private static readonly Dictionary<ChaosBehavior, string> Expected = new()
    {
        [ChaosBehavior.DiesAtStart] = CheckNames.Subscribes,
        [ChaosBehavior.DiesOnEvent] = CheckNames.StaysUp,
        [ChaosBehavior.CrashesInNativeCode] = CheckNames.StaysUp,
        [ChaosBehavior.OverflowsStack] = CheckNames.StaysUp,
        [ChaosBehavior.RunsOutOfMemory] = CheckNames.StaysUp,
        [ChaosBehavior.ExitsZero] = CheckNames.StaysUp,
        [ChaosBehavior.DiesOfBrokenContent] = CheckNames.StaysUp,
        [ChaosBehavior.LoopsForever] = CheckNames.ConcurrentDeadlines,
        [ChaosBehavior.Deadlocks] = CheckNames.ConcurrentDeadlines,
        [ChaosBehavior.SleepsPastDeadlines] = CheckNames.ConcurrentDeadlines,
        [ChaosBehavior.AnswersLate] = CheckNames.ConcurrentDeadlines,
        [ChaosBehavior.NeverAnswers] = CheckNames.ConcurrentDeadlines,
        [ChaosBehavior.StopsReading] = CheckNames.ConcurrentDeadlines,
        [ChaosBehavior.LeaksMemory] = CheckNames.LoadMemory,
        [ChaosBehavior.LeaksDescriptors] = CheckNames.LoadDescriptors,
        [ChaosBehavior.LeaksThreads] = CheckNames.LoadThreads,
        [ChaosBehavior.BusyAtRest] = CheckNames.LoadRest,
        [ChaosBehavior.ObservesSlowly] = CheckNames.LoadEvents,
        [ChaosBehavior.FloodsLogs] = CheckNames.LoadLog,
        [ChaosBehavior.ForksWithoutEnd] = CheckNames.Processes,
        [ChaosBehavior.OpensSockets] = CheckNames.Network,
        [ChaosBehavior.FillsDisk] = CheckNames.Disk,
        [ChaosBehavior.FloodsReplies] = CheckNames.ProtocolAnswers,
        [ChaosBehavior.AnswersForOthers] = CheckNames.ProtocolAnswers,
        [ChaosBehavior.AnswersTwice] = CheckNames.ProtocolAnswers,
        [ChaosBehavior.AnswersAfterClosing] = CheckNames.ProtocolAnswers,
        [ChaosBehavior.FloodsSubscriptions] = CheckNames.ProtocolQuiet,
        [ChaosBehavior.SendsMalformedFrames] = CheckNames.ProtocolFrames,
        [ChaosBehavior.BreaksRing] = CheckNames.ProtocolFrames,
        [ChaosBehavior.DetachesInMidFrame] = CheckNames.ProtocolFrames,
        [ChaosBehavior.DeniesEverything] = CheckNames.Program,
        [ChaosBehavior.AcceptsBrokenContent] = CheckNames.ContentMalformed,
        [ChaosBehavior.IgnoresClosing] = CheckNames.Close,
        [ChaosBehavior.OutlivesSession] = CheckNames.SessionLost,
    };

    private static readonly string[] Timing = [CheckNames.ConcurrentDeadlines, CheckNames.ShortDeadlines, CheckNames.LoadAnswers];

    public static TheoryData<ChaosBehavior> Faults => [.. Enum.GetValues<ChaosBehavior>().Where(static behavior => behavior != ChaosBehavior.Behaves)];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Chaos_product_fails_for_the_right_reason(ChaosBehavior behavior)
    {
        CertifyReport report = await runs.Of(behavior);

        Assert.False(report.Passed);
        // On a machine that does much else a good product may be slow too: slowness counts where it is expected.
        CheckResult first = report.Checks.First(
            check => check.Outcome == CheckOutcome.Failed && (check.Name == Expected[behavior] || !Timing.Contains(check.Name)));
        Assert.True(Expected[behavior] == first.Name, ShortRun.Describe(report));
        Assert.NotEqual("", first.Advice);
    }

    [Theory]
    [InlineData(ChaosBehavior.CrashesInNativeCode, "signal 11 (SIGSEGV)")]
    [InlineData(ChaosBehavior.OverflowsStack, "signal 6 (SIGABRT)")]
    [InlineData(ChaosBehavior.RunsOutOfMemory, "signal 6 (SIGABRT)")]
    [InlineData(ChaosBehavior.ExitsZero, "code 0")]
    public async Task Death_is_told_with_its_cause(ChaosBehavior behavior, string cause)
    {
        CertifyReport report = await runs.Of(behavior);

        Assert.Contains(cause, report.Checks.Single(static check => check.Name == CheckNames.StaysUp).Measured);
    }

    [Fact]
    public async Task Product_that_behaves_passes_every_check()
    {
        CertifyReport report = await runs.Of(ChaosBehavior.Behaves);

        Assert.True(report.Passed, ShortRun.Describe(report));
        Assert.Equal(
            [CheckNames.Applied, CheckNames.Attempts],
            report.Checks.Where(static check => check.Outcome != CheckOutcome.Passed).Select(static check => check.Name));
    }
}
