using System.Globalization;
using Outwork.Contracts.Verdicts;

namespace Outwork.Content.Trials;

/// <summary>Decides by what was observed whether content on trial may come into force. Pure; may be asked again at every moment of a trial.</summary>
public static class TrialComparison
{
    private const long MiB = 1024 * 1024;

    /// <summary>The first thing that speaks against the content, the worst first; or that it passed.</summary>
    public static TrialVerdict Judge(TrialLimits limits, TrialObservation seen)
    {
        ArgumentNullException.ThrowIfNull(limits);
        ArgumentNullException.ThrowIfNull(seen);
        return JudgeEnds(seen) ?? JudgeContent(seen) ?? JudgeAnswers(limits, seen) ?? JudgeLimits(limits, seen)
            ?? new TrialVerdict(TrialRefusal.None, $"{Number(seen.Answered)} questions answered in time, as before.{Allowed(seen.Differences.NewlyAllowed + seen.UserFiles.NewlyAllowed)}{Users(seen.UserFiles)}");
    }

    private static TrialVerdict? JudgeEnds(TrialObservation seen)
    {
        if (seen.RequestFault is { } fault)
            return new(TrialRefusal.NotTried, $"There was no trial: {fault}.");
        if (seen.StartFault is { } notStarted)
            return new(TrialRefusal.NotStarted, $"The product could not be started: {notStarted}.");
        if (seen.Ending is { } ending)
        {
            string when = !seen.Ready ? "while it loaded the content"
                : $"after {Number(seen.Answered)} answers{(seen.LastPath.Length > 0 ? $"; it was asked about {seen.LastPath} last" : "")}";
            return new(TrialRefusal.Crashed, $"The product {ending} {when}.");
        }

        if (seen.ProtocolFault is { } broken)
            return new(TrialRefusal.ProtocolBroken, $"The product broke the protocol: {broken}.");
        return seen.AbandonedBecause is { } because ? new(TrialRefusal.Abandoned, $"The trial was broken off: {because}.") : null;
    }

    private static TrialVerdict? JudgeContent(TrialObservation seen)
    {
        if (seen.ContentFault is { } fault)
            return new(TrialRefusal.ContentRefused, $"The product refused the content: {fault}");
        if (!seen.StartIsOver)
            return null;
        if (!seen.Ready)
            return new(TrialRefusal.NotReady, "The product took no questions in time; it hangs, or takes too long to load the content.");
        return seen.ContentLoaded ? null : new(TrialRefusal.ContentNotLoaded, "The product said of no content that it is in force.");
    }

    private static TrialVerdict? JudgeAnswers(TrialLimits limits, TrialObservation seen)
    {
        TrialDifferences found = seen.Differences;
        if (found.ProtectedDenied > 0)
        {
            return new(
                TrialRefusal.ProtectedDenied,
                $"It would deny {Files(found.ProtectedDenied)} on which this machine depends, {Example(found, static d => d is { Protected: true, After: Verdict.Deny })}.");
        }

        if (found.NewlyDenied > limits.NewlyDenied)
        {
            return new(
                TrialRefusal.NewlyDenied,
                $"It would deny {Files(found.NewlyDenied)} that ran until now ({Number(limits.NewlyDenied)} may be), {Example(found, static d => d is { Protected: false, After: Verdict.Deny })}.");
        }

        if (found.NotJudged > limits.NotJudged)
        {
            return new(
                TrialRefusal.NotJudged,
                $"It could not judge {Files(found.NotJudged)} that were judged until now ({Number(limits.NotJudged)} may be), {Example(found, static d => d.After == Verdict.None)}.");
        }

        return JudgeUserFiles(limits, seen);
    }

    // Together, so that a little of each is not more.
    private static TrialVerdict? JudgeUserFiles(TrialLimits limits, TrialObservation seen)
    {
        TrialDifferences found = seen.UserFiles;
        if (found.NewlyDenied + found.NotJudged + seen.MissedUserFiles <= limits.UserFiles)
            return null;
        TrialRefusal refusal = found.NewlyDenied > 0 ? TrialRefusal.NewlyDenied : found.NotJudged > 0 ? TrialRefusal.NotJudged : TrialRefusal.DeadlinesMissed;
        string example = found.Examples.Any(static d => d.After != Verdict.Allow) ? $", {Example(found, static d => d.After != Verdict.Allow)}" : "";
        return new(
            refusal,
            $"Of the files that users may write and that ran until now it would deny {Number(found.NewlyDenied)}, could not judge {Number(found.NotJudged)} and had no answer in time about {Number(seen.MissedUserFiles)} ({Number(limits.UserFiles)} may be){example}.");
    }

    private static TrialVerdict? JudgeLimits(TrialLimits limits, TrialObservation seen)
    {
        if (seen.MissedDeadlines > limits.MissedDeadlines)
        {
            string where = seen.LastPath.Length > 0 ? $"; it was asked about {seen.LastPath} last" : "";
            return new(
                TrialRefusal.DeadlinesMissed,
                $"{Number(seen.MissedDeadlines)} of {Number(seen.Asked)} questions had no answer within {Number(limits.DeadlineMilliseconds)} ms ({Number(limits.MissedDeadlines)} may have none){where}.");
        }

        if (seen is { ReplayIsOver: true, Left: > 0 })
            return new(TrialRefusal.TooSlow, $"{Number(seen.Left)} recorded questions were left after {Number(limits.ReplaySeconds)} s.");
        long grown = seen.MemoryPeak - seen.MemoryBefore;
        if (seen.MemoryBefore > 0 && grown > limits.MemoryGrowthMiB * MiB && grown > seen.MemoryBefore / 100.0 * limits.MemoryGrowthPercent)
        {
            return new(
                TrialRefusal.MemoryGrown,
                $"It took {Number(seen.MemoryPeak / MiB)} MiB of memory, {Number(grown / MiB)} MiB more than before ({limits.MemoryGrowthPercent} % or {limits.MemoryGrowthMiB} MiB may be).");
        }

        if (seen.LiveIsOver && seen.Live < limits.LiveEvents)
            return new(TrialRefusal.TooFewEvents, $"Only {Number(seen.Live)} of {Number(limits.LiveEvents)} live questions came within {Number(limits.LongestLiveSeconds)} s.");
        return seen.FailingMessage is { } message ? new(TrialRefusal.Failing, $"The product says that it fails: {message}") : null;
    }

    private static string Example(TrialDifferences found, Func<TrialDifference, bool> isOne)
    {
        TrialDifference example = found.Examples.First(isOne);
        return $"such as {example.Path}{(example.Reason.Length > 0 ? $" ({example.Reason})" : "")}";
    }

    private static string Allowed(int files) => files == 0 ? "" : $" It allows {Files(files)} that was denied until now.";

    private static string Users(TrialDifferences found) =>
        found.NewlyDenied == 0 ? "" : $" It denies {Files(found.NewlyDenied)} that users may write, {Example(found, static d => d.After == Verdict.Deny)}.";

    private static string Files(int count) => count == 1 ? "a file" : $"{Number(count)} files";

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}
