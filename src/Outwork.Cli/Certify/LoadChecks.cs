using Outwork.Contracts;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>A steady load: no question missed, and nothing that grows.</summary>
internal static class LoadChecks
{
    private const int MissesAtMost = 25;
    private const int OpenAtMost = 128;
    private const int SamplesAtLeast = 6;
    private const double GrowthAtMost = 0.05;

    // Less than this is a runtime warming up.
    private const long MemorySlack = 8L << 20;
    private const int DescriptorSlack = 8;
    private const int ThreadSlack = 4;
    private const long LogBytesOfMinute = 256 * 1024;
    private const double RestAtMost = 0.2;
    private static readonly TimeSpan SampleEvery = TimeSpan.FromMilliseconds(100);

    public static void Run(CertifyRun run)
    {
        var vitals = new List<ProcessVitals>();
        run.Check(CheckNames.LoadAnswers, name => Load(run, name, vitals));
        Flat(run, CheckNames.LoadMemory, vitals, static at => at.MemoryBytes, MemorySlack, "bytes of memory", "Bound every cache and free what belongs to an answered question.");
        Flat(run, CheckNames.LoadDescriptors, vitals, static at => at.Descriptors, DescriptorSlack, "descriptors", "Close what a question brought or made you open before you answer it.");
        Flat(run, CheckNames.LoadThreads, vitals, static at => at.Threads, ThreadSlack, "threads", "Start threads once, not for questions.");
        long logged = run.Product.Log.Bytes;
        long mayLog = LogBytesOfMinute * (long)Math.Ceiling(run.Options.LoadDuration.TotalMinutes);
        run.Add(CheckResult.Of(
            logged <= mayLog, CheckNames.LoadLog, $"{logged / 1024} KiB written to standard output and error so far",
            $"Log less than {LogBytesOfMinute / 1024} KiB a minute: what a question was answered is in the reason already."));
        run.Check(CheckNames.LoadRest, name => Rest(run, name));
    }

    private static CheckResult Load(CertifyRun run, string name, List<ProcessVitals> vitals)
    {
        ProductUnderTest product = run.Product;
        SampleFile[] samples = [run.Samples.Program, run.Samples.Script, run.Samples.Deleted];
        var open = new Queue<AskedQuestion>();
        var latencies = new List<double>();
        int asked = 0;
        int missed = 0;
        long started = run.Time.GetTimestamp();
        TimeSpan sampled = TimeSpan.Zero;
        TimeSpan elapsed;
        while ((elapsed = run.Time.GetElapsedTime(started)) < run.Options.LoadDuration && missed < MissesAtMost && !product.Gone)
        {
            while (asked < elapsed.TotalSeconds * run.Options.LoadRate && open.Count < OpenAtMost && missed < MissesAtMost)
            {
                if (product.Ask(samples[asked++ % samples.Length], run.Options.Deadline) is { } question)
                    open.Enqueue(question);
                else
                    missed++;
            }

            if (elapsed - sampled >= SampleEvery && run.Sample() is { } seen)
            {
                vitals.Add(seen);
                sampled = elapsed;
            }

            _ = product.WaitUntil(static () => false, TimeSpan.FromMilliseconds(2));
            missed += Settle(run, open, latencies);
        }

        _ = product.WaitUntil(() => open.All(static question => question.Reply is not null), run.Options.Deadline);
        missed += Settle(run, open, latencies);
        latencies.Sort();
        double slow = latencies.Count == 0 ? 0 : latencies[latencies.Count * 99 / 100];
        double longest = latencies.Count == 0 ? 0 : latencies[^1];
        return CheckResult.Of(
            missed == 0 && asked > 0, name,
            $"{asked} asked in {run.Time.GetElapsedTime(started).TotalSeconds:F1} s, {missed} missed; answers: 99 % within {slow:F1} ms, the slowest {longest:F1} ms",
            "Judge faster, or on more threads (the subscription's concurrency): under this load some questions got no answer in time.");
    }

    // In order of their deadlines: takes out those answered and those past hope, and counts the misses.
    private static int Settle(CertifyRun run, Queue<AskedQuestion> open, List<double> latencies)
    {
        int missed = 0;
        long now = MonotonicClock.Nanoseconds(run.Time);
        while (open.TryPeek(out AskedQuestion? first) && (first.Reply is not null || first.DeadlineNs < now))
        {
            _ = open.Dequeue();
            run.Product.Ledger.GiveUp(first);
            if (first.InTime)
                latencies.Add(first.Milliseconds);
            else
                missed++;
        }

        return missed;
    }

    private static void Flat(
        CertifyRun run, string name, List<ProcessVitals> vitals, Func<ProcessVitals, double> measure, double slack, string unit, string advice)
    {
        if (vitals.Count < SamplesAtLeast)
        {
            run.Add(CheckResult.Skip(name, "not run: the load did not last long enough"));
            return;
        }

        int third = vitals.Count / 3;
        double first = vitals.Take(third).Average(measure);
        double last = vitals.TakeLast(third).Average(measure);
        double growth = first == 0 ? 0 : (last - first) / first;
        run.Add(CheckResult.Of(
            last - first <= slack || growth <= GrowthAtMost, name,
            $"{unit}: {first:N0} in the first third, {last:N0} in the last ({growth:+0.0 %;-0.0 %;0 %})", advice));
    }

    private static CheckResult Rest(CertifyRun run, string name)
    {
        ProcessVitals? before = run.Sample();
        long started = run.Time.GetTimestamp();
        _ = run.Product.WaitUntil(static () => false, run.Options.RestDuration);
        ProcessVitals? after = run.Sample();
        if (before is null || after is null)
            return CheckResult.Skip(name, "the product ended meanwhile");
        double share = (after.Wanted - before.Wanted) / run.Time.GetElapsedTime(started);
        return CheckResult.Of(
            share <= RestAtMost, name, $"wanted {share:P0} of a processor while nothing was asked",
            "Sleep until there is a frame: a product that polls or loops takes the machine's processor and battery.");
    }
}
