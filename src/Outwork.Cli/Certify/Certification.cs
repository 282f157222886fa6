using Outwork.Cli.Products;
using Outwork.Platform.Linux.ProductsUnderTest;
using Outwork.Platform.Processes;

namespace Outwork.Cli.Certify;

/// <summary>Runs every check against one product. Blocks; the product ends with the calling thread.</summary>
internal static class Certification
{
    /// <summary>Certifies.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="time">Clocks.</param>
    /// <param name="progress">Told the name of each group of checks as it begins.</param>
    /// <param name="cancellation">Ends the product and removes what was made for it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static CertifyReport Run(
        CertifyOptions options, TimeProvider time, Action<string>? progress = null, CancellationToken cancellation = default)
    {
        using var folder = new RunFolder();
        using var samples = new SampleFiles(folder);
        using var start = new ProductStart(options, folder);
        progress?.Invoke("starting the product");
        ProductUnderTest? product = ProductUnderTest.Launch(start, time, out string refusal, cancellation);
        if (product is null)
            return Report(options, start, NeverStarted(refusal, start), "", "");
        var run = new CertifyRun(options, product, samples, time);
        bool subscribed;
        using (product)
        {
            subscribed = Subscribes(run);
            if (subscribed)
                RunAll(run, start, progress);
        }

        // Not before the first one has ended, which a hanging product does by force only: what ends with the second is everything that is left.
        if (subscribed)
            run.Add(EndChecks.SessionLost(options, start, samples, time, cancellation));
        return Report(options, start, run.Results, product.Subscription?.Name ?? "", product.Log.Text);
    }

    private static void RunAll(CertifyRun run, ProductStart start, Action<string>? progress)
    {
        run.Check(CheckNames.Applied, name => PassiveChecks.Applied(run, name));
        // Even a product that only observes is watched, and must end in order.
        bool judges = run.Product.Subscription is { AuthKinds: not 0 };
        if (judges)
        {
            progress?.Invoke("questions of every sort");
            FunctionalChecks.Run(run);
            DeadlineChecks.Run(run);
            progress?.Invoke($"load of {run.Options.LoadDuration.TotalSeconds:0.#} s");
            LoadChecks.Run(run);
        }

        EventChecks.Run(run);
        if (judges)
        {
            progress?.Invoke("content");
            ContentChecks.Run(run, start);
        }

        progress?.Invoke("the end of the session");
        EndChecks.Run(run);
        PassiveChecks.Protocol(run);
        PassiveChecks.Confinement(run);
    }

    private static bool Subscribes(CertifyRun run)
    {
        long started = run.Time.GetTimestamp();
        ProductUnderTest product = run.Product;
        bool subscribed = product.WaitUntil(() => product.Subscription is not null, run.Options.SubscribeLimit);
        double after = run.Time.GetElapsedTime(started).TotalSeconds;
        ProcessExit? exit = subscribed ? null : product.WaitForExit(TimeSpan.FromMilliseconds(200));
        string measured = subscribed ? $"as \"{product.Subscription!.Name}\" after {after:F1} s, {product.Subscription.Concurrency} questions at a time"
            : exit is { } ended ? $"{ended} before it subscribed" : $"no subscription within {after:F1} s";
        run.Add(CheckResult.Of(
            subscribed, CheckNames.Subscribes, measured,
            $"Subscribe within {run.Options.SubscribeLimit.TotalSeconds:0.#} s of the start; a product that ends says why on standard error."));
        return subscribed;
    }

    private static Dictionary<string, CheckResult> NeverStarted(string refusal, ProductStart start) => new(StringComparer.Ordinal)
    {
        [CheckNames.Subscribes] = CheckResult.Fail(
            CheckNames.Subscribes, $"not started: {refusal}",
            start.Refusal is null ? "Give the path of a built executable that this user may run." : "Correct the manifest: docs/product-sdk.md lists its fields."),
    };

    private static CertifyReport Report(
        CertifyOptions options, ProductStart start, IReadOnlyDictionary<string, CheckResult> results, string name, string log)
    {
        CheckResult[] checks =
        [
            .. CheckNames.All.Select(check => results.TryGetValue(check, out CheckResult? result)
                ? result
                : CheckResult.Skip(check, "not run: it did not come to it")),
        ];
        bool passed = Array.TrueForAll(checks, static check => check.Outcome != CheckOutcome.Failed);
        string[] warnings = ProductProgram.FindOtherName(options.Product, start.Manifest) is { } warning ? [warning] : [];
        return new CertifyReport(options.Product, name, options.Launcher is not null, passed, checks, warnings, log);
    }
}
