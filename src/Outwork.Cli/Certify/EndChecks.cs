using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Processes;

namespace Outwork.Cli.Certify;

/// <summary>How the product ends, and that it does not end before.</summary>
internal static class EndChecks
{
    private const int QuestionsOpen = 4;
    private static readonly TimeSpan ExitIsNear = TimeSpan.FromMilliseconds(500);

    public static void Run(CertifyRun run)
    {
        ProductUnderTest product = run.Product;
        if (product.Gone)
        {
            // Its socket is closed a moment before it has ended.
            ProcessExit? exit = product.WaitForExit(ExitIsNear);
            string how = exit is { } ended ? ProductEnding.Describe(ended) : product.RingBroken ? "the ring is broken, so the session had to end" : "it closed its session";
            bool byItself = exit is not null || !product.RingBroken;
            run.Add(byItself
                ? CheckResult.Fail(CheckNames.StaysUp, $"{how} during {run.EndedDuring}", "A product must live until its session is closed: see the end of its log.")
                : CheckResult.Skip(CheckNames.StaysUp, how));
            run.Add(CheckResult.Skip(CheckNames.Close, "not run: the product had ended by then"));
            return;
        }

        run.Add(CheckResult.Pass(CheckNames.StaysUp, "ran until it was told to end"));
        long started = run.Time.GetTimestamp();
        product.CloseSession("certify is done");
        ProcessExit? end = product.WaitForExit(run.Options.EndLimit);
        double after = run.Time.GetElapsedTime(started).TotalMilliseconds;
        run.Add(CheckResult.Of(
            end is { Code: 0, Signal: 0 }, CheckNames.Close,
            end is { } exited ? $"{ProductEnding.Describe(exited)} after {after:F0} ms" : $"still runs after {after:F0} ms",
            $"When the session is closed, end with code 0 within {run.Options.EndLimit.TotalSeconds:0.#} s: what still runs is killed."));
    }

    /// <summary>With a new process: the broker vanishes while questions are open.</summary>
    public static CheckResult SessionLost(CertifyOptions options, ProductStart start, SampleFiles samples, TimeProvider time, CancellationToken cancellation)
    {
        using ProductUnderTest? product = ProductUnderTest.Launch(start, time, out string refusal, cancellation);
        if (product is null)
            return CheckResult.Fail(CheckNames.SessionLost, $"not started a second time: {refusal}", "The product must start as often as it is started.");
        if (!product.WaitUntil(() => product.Subscription is not null, options.SubscribeLimit))
            return CheckResult.Fail(CheckNames.SessionLost, "did not subscribe when started a second time", "The product must start as often as it is started.");
        for (int i = 0; i < QuestionsOpen; i++)
            _ = product.Ask(samples.Program, options.Deadline);
        long started = time.GetTimestamp();
        product.LoseSession();
        ProcessExit? exit = product.WaitForExit(options.LossLimit);
        double after = time.GetElapsedTime(started).TotalMilliseconds;
        return CheckResult.Of(
            exit is { Signal: 0 }, CheckNames.SessionLost,
            exit is { } ended ? $"{ProductEnding.Describe(ended)} after {after:F0} ms" : $"still runs after {after:F0} ms",
            $"When the session is lost, end within {options.LossLimit.TotalSeconds:0.#} s: a new process is started for the new broker.");
    }
}
