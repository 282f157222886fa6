using Outwork.Contracts.Products;
using Outwork.Contracts.Wire;

namespace Outwork.Cli.Certify;

/// <summary>Content that changes under a running product: what is no good must not replace what was.</summary>
internal static class ContentChecks
{
    private const string NoContent = "not run: no content was given (--content)";
    private const string Unused = "not run: the product reports no content";

    public static void Run(CertifyRun run, ProductStart start)
    {
        if (start.Content is null || !IsUsed(run))
        {
            string why = start.Content is null ? NoContent : Unused;
            foreach (string name in (string[])[CheckNames.ContentLoads, CheckNames.ContentMalformed, CheckNames.ContentRemoved, CheckNames.ContentRestored])
                run.Add(CheckResult.Skip(name, why));
            return;
        }

        run.Check(CheckNames.ContentLoads, name => CheckResult.Of(
            run.Product.Content is not null, name,
            run.Product.Content is { } content ? $"{content.Version} (generation {content.Generation})" : $"refused: {run.Product.HealthMessage}",
            "The product must put the content that it is given in force before it subscribes."));
        run.Check(CheckNames.ContentMalformed, name => Spoilt(run, name, start.BreakContent, mayBeTaken: false));
        // Whether nothing at all is content is the product's own decision; that it goes on judging is not.
        run.Check(CheckNames.ContentRemoved, name => Spoilt(run, name, start.RemoveContent, mayBeTaken: true));
        run.Check(CheckNames.ContentRestored, name => Restored(run, name, start));
    }

    private static bool IsUsed(CertifyRun run) =>
        run.Product.Content is not null || run.Product.Health is ProductHealth.Degraded or ProductHealth.Failing;

    private static CheckResult Spoilt(CertifyRun run, string name, Action spoil, bool mayBeTaken)
    {
        ulong before = run.Product.Content?.Generation ?? 0;
        string told = run.Product.HealthMessage;
        spoil();
        bool noticed = run.Product.WaitUntil(() => Generation(run) != before || run.Product.HealthMessage != told, run.Options.ContentLimit);
        bool taken = Generation(run) != before;
        if (taken && !mayBeTaken)
        {
            return CheckResult.Fail(
                name, $"taken as good: {run.Product.Content!.Version} (generation {Generation(run)})",
                "Check content as a whole before it is put in force, and refuse it with file and line.");
        }

        CheckResult judged = FunctionalChecks.Harmless(run, name, run.Samples.Program);
        string seen = taken ? $"taken as empty content (generation {Generation(run)})" : noticed ? $"refused: {run.Product.HealthMessage}" : "not looked at";
        return judged.Outcome == CheckOutcome.Passed
            ? CheckResult.Pass(name, $"{seen}; judges as before")
            : CheckResult.Fail(name, $"{seen}; then: {judged.Measured}", "Keep the content that was in force until the new one is loaded as a whole.");
    }

    private static CheckResult Restored(CertifyRun run, string name, ProductStart start)
    {
        ulong before = Generation(run);
        bool wasWell = run.Product.Health == ProductHealth.Healthy;
        start.RestoreContent();
        bool loaded = run.Product.WaitUntil(
            () => Generation(run) != before && run.Product.Health == ProductHealth.Healthy, run.Options.ContentLimit);
        // A product that looked at none of the changes reads its content when it starts, and is as well as it was.
        return CheckResult.Of(
            loaded || wasWell, name, loaded ? $"in force again, generation {Generation(run)}" : $"health {run.Product.Health}: {run.Product.HealthMessage}",
            "A product that refused content must take the next good one without a restart.");
    }

    private static ulong Generation(CertifyRun run) => run.Product.Content?.Generation ?? 0;
}
