using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>One question of every sort.</summary>
internal static class FunctionalChecks
{
    private static readonly TimeSpan FarDeadline = TimeSpan.FromHours(1);

    public static void Run(CertifyRun run)
    {
        run.Check(CheckNames.Program, name => Harmless(run, name, run.Samples.Program));
        run.Check(CheckNames.Script, name => Harmless(run, name, run.Samples.Script));
        run.Check(CheckNames.EmptyFile, name => Odd(run, name, run.Samples.Empty));
        run.Check(CheckNames.DeletedFile, name => Odd(run, name, run.Samples.Deleted));
        run.Check(CheckNames.NoDescriptor, name => Odd(run, name, run.Samples.Unopened));
        run.Check(CheckNames.Prejudged, name => Prejudged(run, name));
    }

    /// <summary>A harmless file: answered in time, and allowed.</summary>
    public static CheckResult Harmless(CertifyRun run, string name, SampleFile sample)
    {
        AskedQuestion? asked = run.Product.AskAndWait(sample, run.Options.Deadline);
        if (asked is not { InTime: true, Reply: { } reply })
            return Unanswered(run, name);
        return reply.Verdict switch
        {
            Verdict.Allow => CheckResult.Pass(name, $"allowed after {asked.Milliseconds:F1} ms"),
            Verdict.Deny => CheckResult.Fail(name, $"denied: {reply.Reason}", "A harmless file must be allowed: look at the rule or default that denies it."),
            _ => CheckResult.Fail(name, $"could not judge: {reply.Reason}", "The product must be able to judge a harmless file: look at its content (--content) and at the reason."),
        };
    }

    // "Could not judge" is a good answer here: what counts is that there is one, and that the product lives.
    private static CheckResult Odd(CertifyRun run, string name, SampleFile sample)
    {
        AskedQuestion? asked = run.Product.AskAndWait(sample, run.Options.Deadline);
        return asked is { InTime: true, Reply: { } reply }
            ? CheckResult.Pass(name, $"{(reply.Verdict == Verdict.None ? "could not judge" : reply.Verdict)} after {asked.Milliseconds:F1} ms")
            : Unanswered(run, name);
    }

    private static CheckResult Prejudged(CertifyRun run, string name)
    {
        TimeSpan limit = run.Options.Deadline * 2;
        AskedQuestion? asked = run.Product.Ask(run.Samples.Program, FarDeadline, prejudged: true);
        if (asked is not null && run.Product.WaitUntil(() => asked.Reply is not null, limit))
            return CheckResult.Pass(name, $"{asked.Reply!.Value.Verdict} after {asked.Milliseconds:F1} ms");
        if (asked is not null)
            run.Product.Ledger.GiveUp(asked);
        return CheckResult.Fail(name, $"no answer within {limit.TotalSeconds:0.#} s", "Answer questions with a far deadline as promptly as others: nothing waits, but their answers are cached.");
    }

    private static CheckResult Unanswered(CertifyRun run, string name) => CheckResult.Fail(
        name, $"no answer within {run.Options.Deadline.TotalSeconds:0.##} s", "Answer every question, even with \"could not judge\": the broker then applies the rule's on-failure at once.");
}
