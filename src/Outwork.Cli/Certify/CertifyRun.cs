using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Cli.Certify;

/// <summary>What the checks of one product share: the running product, the samples, the results so far, and the peaks that were seen.</summary>
internal sealed class CertifyRun(CertifyOptions options, ProductUnderTest product, SampleFiles samples, TimeProvider time)
{
    private const string Ended = "not run: the product had ended by then";

    private readonly Dictionary<string, CheckResult> _results = new(StringComparer.Ordinal);

    public CertifyOptions Options => options;

    public ProductUnderTest Product => product;

    public SampleFiles Samples => samples;

    public TimeProvider Time => time;

    public IReadOnlyDictionary<string, CheckResult> Results => _results;

    /// <summary>The check during which the product ended by itself; empty while it runs.</summary>
    public string EndedDuring { get; private set; } = "";

    public int MostProcesses { get; private set; }

    public int MostSockets { get; private set; }

    public int MostThreads { get; private set; }

    public int MostDescriptors { get; private set; }

    public long MostMemoryBytes { get; private set; }

    public long WrittenBytes { get; private set; }

    /// <summary>Makes a check, unless the product has ended: that is one failure (faults.stays-up), not many.</summary>
    public void Check(string name, Func<string, CheckResult> check)
    {
        if (product.Gone)
        {
            Add(CheckResult.Skip(name, Ended));
            return;
        }

        CheckResult result = check(name);
        _ = Sample();
        if (product.Gone)
        {
            EndedDuring = EndedDuring.Length == 0 ? name : EndedDuring;
            if (result.Outcome == CheckOutcome.Failed)
                result = CheckResult.Skip(name, "the product ended meanwhile");
        }

        Add(result);
    }

    public void Add(CheckResult result) => _results[result.Name] = result;

    /// <summary>Looks at the process and keeps the peaks; null when it has ended.</summary>
    public ProcessVitals? Sample()
    {
        ProcessVitals? vitals = product.Exit is null ? ProcessVitals.Read(product.Process.ProcessId) : null;
        if (vitals is null)
            return null;
        MostProcesses = Math.Max(MostProcesses, vitals.Processes);
        MostSockets = Math.Max(MostSockets, vitals.Sockets);
        MostThreads = Math.Max(MostThreads, vitals.Threads);
        MostDescriptors = Math.Max(MostDescriptors, vitals.Descriptors);
        MostMemoryBytes = Math.Max(MostMemoryBytes, vitals.MemoryBytes);
        WrittenBytes = Math.Max(WrittenBytes, vitals.WrittenBytes);
        return vitals;
    }
}
