using Outwork.Contracts.Events;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>Does the product keep up with what it is told?</summary>
internal static class EventChecks
{
    private const int Batch = 200;
    private static readonly TimeSpan BetweenBatches = TimeSpan.FromMilliseconds(20);
    private static readonly EventKind[] Kinds = [EventKind.Exit, EventKind.Exec, EventKind.Fork];

    public static void Run(CertifyRun run) => run.Check(CheckNames.LoadEvents, name => Tell(run, name));

    private static CheckResult Tell(CertifyRun run, string name)
    {
        ProductUnderTest product = run.Product;
        EventKind kind = Array.Find(Kinds, product.Subscription!.Tells);
        if (kind == EventKind.None)
            return CheckResult.Skip(name, "not run: the product wants to be told of no event of processes");
        int told = 0;
        long started = run.Time.GetTimestamp();
        // More than its ring holds, at a pace that a machine in a storm of processes has.
        while (told < run.Options.Events && product.Lost == 0 && !product.Gone)
        {
            for (int i = 0; i < Batch; i++)
                product.Tell(kind, ++told);
            product.WakeUp();
            _ = product.WaitUntil(static () => false, BetweenBatches);
        }

        double seconds = run.Time.GetElapsedTime(started).TotalSeconds;
        return CheckResult.Of(
            product.Lost == 0, name, $"{told} told in {seconds:F1} s ({told / seconds:N0}/s), {product.Lost} lost",
            "Return from observing at once and work on another thread: while one event is observed, nothing else is received.");
    }
}
