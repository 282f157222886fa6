using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>What was seen all the while: the protocol, and what the process did beside answering.</summary>
internal static class PassiveChecks
{
    private const int OtherFramesAtMost = 100;
    private const long DiskBytesAtMost = 16L << 20;
    private const int SessionSockets = 1;

    // Of the limits that the launcher sets: 128 threads, 1,024 descriptors.
    private const int ThreadsAtMost = 96;
    private const int DescriptorsAtMost = 768;

    public static void Protocol(CertifyRun run)
    {
        ProductUnderTest product = run.Product;
        run.Add(CheckResult.Of(
            product.Malformed == 0 && !product.RingBroken, CheckNames.ProtocolFrames,
            product.RingBroken ? "the ring was broken by an impossible length or counter" : product.Malformed == 0 ? "no malformed frame" : $"{product.Malformed} malformed, the first: {product.FirstMalformed}",
            "Write frames as docs/protocol.md has them, whole and with their length: for each other one the product is trusted less."));
        QuestionLedger ledger = product.Ledger;
        run.Add(CheckResult.Of(
            ledger.Stray == 0 && ledger.Repeated == 0, CheckNames.ProtocolAnswers,
            ledger.Stray + ledger.Repeated == 0 ? "each reply names its question, once" : $"{ledger.Stray} to no question, {ledger.Repeated} repeated; {ledger.FirstWrong}",
            "Answer each question once, with the request id that it came with, and nothing else."));
        run.Add(CheckResult.Of(
            product.OtherFrames <= OtherFramesAtMost, CheckNames.ProtocolQuiet, $"{product.OtherFrames} frames of subscription, health and content",
            "Subscribe once, and report health and content when they change."));
    }

    public static void Confinement(CertifyRun run)
    {
        int attempts = run.Product.Refused.Count;
        run.Add(run.Options.Launcher is null
            ? CheckResult.Skip(CheckNames.Attempts, "not run: nothing is refused without confinement")
            : CheckResult.Of(
                attempts == 0, CheckNames.Attempts, attempts == 0 ? "no system call was refused" : $"refused: {run.Product.Refused.Describe()}",
                "Do without these system calls: on a machine each is refused and told to the administrator as an event."));
        run.Add(CheckResult.Of(
            run.MostProcesses == 0, CheckNames.Processes, $"at most {run.MostProcesses} further processes",
            "Start no processes: in its confinement a product may not have any."));
        long written = Math.Max(0, run.WrittenBytes - run.Product.Log.Bytes);
        run.Add(CheckResult.Of(
            written <= DiskBytesAtMost, CheckNames.Disk, $"{written / 1024.0 / 1024:F1} MiB written beside the log",
            $"Write less than {DiskBytesAtMost >> 20} MiB in a run: a product has a small private /tmp and nothing else."));
        run.Add(CheckResult.Of(
            run.MostSockets <= SessionSockets, CheckNames.Network, $"at most {run.MostSockets} sockets, of which {SessionSockets} is the session",
            "Open no sockets: a product has no network unless its manifest asks and the administrator allows it."));
        run.Add(CheckResult.Of(
            run.MostThreads <= ThreadsAtMost && run.MostDescriptors <= DescriptorsAtMost, CheckNames.Limits,
            $"peaks: {run.MostThreads} threads, {run.MostDescriptors} descriptors, {run.MostMemoryBytes / 1024.0 / 1024:F0} MiB of memory",
            $"Stay within {ThreadsAtMost} threads and {DescriptorsAtMost} descriptors: the confinement ends at 128 and 1,024."));
    }

    /// <summary>What the kernel says of the running process.</summary>
    public static CheckResult Applied(CertifyRun run, string name)
    {
        if (run.Options.Launcher is null)
            return CheckResult.Skip(name, $"not run: started without confinement: {run.Options.UnconfinedBecause}");
        Dictionary<string, string>? status = ProcessVitals.ReadStatus(run.Product.Process.ProcessId);
        if (status is null)
            return CheckResult.Skip(name, "the product ended meanwhile");
        string user = status["Uid"].Split('\t')[0];
        bool filtered = status.GetValueOrDefault("Seccomp") == "2";
        bool confined = user != "0" && status["NoNewPrivs"] == "1" && filtered && status["CapEff"].All(static digit => digit == '0');
        return CheckResult.Of(
            confined, name, $"user {user}, capabilities {status["CapEff"]}, no_new_privs {status["NoNewPrivs"]}, system calls {(filtered ? "filtered" : "not filtered")}",
            "Report this: the launcher confines or does not start the product.");
    }
}
