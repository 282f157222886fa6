using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>Are answers in time when there are many questions, and when there is little time?</summary>
internal static class DeadlineChecks
{
    private const int Hurried = 20;

    public static void Run(CertifyRun run)
    {
        run.Check(CheckNames.ConcurrentDeadlines, name => Concurrent(run, name));
        run.Check(CheckNames.ShortDeadlines, name => Short(run, name));
    }

    private static CheckResult Concurrent(CertifyRun run, string name)
    {
        var asked = new List<AskedQuestion?>();
        SampleFile[] samples = [run.Samples.Program, run.Samples.Script, run.Samples.Empty];
        for (int i = 0; i < run.Options.Concurrent && !run.Product.Gone; i++)
            asked.Add(run.Product.Ask(samples[i % samples.Length], run.Options.Deadline));
        _ = run.Product.WaitUntil(() => asked.TrueForAll(static question => question?.Reply is not null), run.Options.Deadline);
        return Judge(run, name, asked, $"{run.Options.Concurrent} open at once, deadline {run.Options.Deadline.TotalMilliseconds:F0} ms");
    }

    private static CheckResult Short(CertifyRun run, string name)
    {
        var asked = new List<AskedQuestion?>();
        // A product that answers nothing need not be asked twenty times to know.
        for (int i = 0; i < Hurried && !run.Product.Gone && asked.Count(static question => question is not { InTime: true }) < 3; i++)
            asked.Add(run.Product.AskAndWait(run.Samples.Program, run.Options.ShortDeadline));
        return Judge(run, name, asked, $"deadline {run.Options.ShortDeadline.TotalMilliseconds:F0} ms");
    }

    private static CheckResult Judge(CertifyRun run, string name, List<AskedQuestion?> asked, string condition)
    {
        foreach (AskedQuestion? question in asked)
        {
            if (question is not null)
                run.Product.Ledger.GiveUp(question);
        }

        int inTime = asked.Count(static question => question is { InTime: true });
        double longest = asked.Where(static question => question?.Reply is not null).Select(static question => question!.Milliseconds).DefaultIfEmpty().Max();
        return CheckResult.Of(
            inTime == asked.Count,
            name,
            $"{inTime} of {asked.Count} answered in time, the slowest after {longest:F1} ms ({condition})",
            "Watch the deadline token and answer \"could not judge\" before it: whoever misses deadlines is no longer asked.");
    }
}
