using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Scanning;
using Outwork.Sdk;

namespace Outwork.Products.ExecGuard;

/// <summary>
/// Refuses programs, scripts and libraries by SHA-256 lists and YARA rules. The deny list beats the allow list, which beats
/// the rules; what none of them names is allowed.
/// </summary>
internal sealed class ExecGuardProduct(TimeProvider time) : SecurityProduct, IDisposable
{
    private const string NothingInForce = "no content is in force";
    private const int Concurrency = 2;
    private const uint FileTypeMask = 0xF000; // S_IFMT
    private const uint RegularFile = 0x8000; // S_IFREG

    private readonly ScanContentSlot _inForce = new();
    private readonly FileScanner _scanner = new(keptBuffers: Concurrency);

    public override string Name => "execguard";

    public override ProductSubscription Subscription { get; } =
        new(Auth: [EventKind.Exec, EventKind.Open], Notify: [], WantsDescriptor: true, Concurrency);

    public override Judgement Judge(AuthQuestion question, SafeFileHandle? file, CancellationToken deadline)
    {
        uint type = question.FileMode & FileTypeMask;
        if (type != 0 && type != RegularFile)
            return Judgement.Allow("not a regular file");
        if (file is null)
            return Judgement.Failed("the question came without the file's descriptor");
        using ScanContentSlot.Lease lease = _inForce.Acquire();
        if (lease.Content is not { } content)
        {
            ReportHealth(ProductHealth.Failing, NothingInForce);
            return Judgement.Failed(NothingInForce);
        }

        ulong? expectedLength = question.File.IsNone ? null : question.File.Size;
        return _scanner.Scan(content, file, expectedLength, ScanBudget.Until(question.DeadlineNs, time, deadline));
    }

    public override ContentReport LoadContent(string directory)
    {
        ScanContentLoad load = PackagedContent == directory ? ScanContentLoader.Load(null, directory) : ScanContentLoader.Load(directory, PackagedContent);
        if (load.Content is not { } content)
            return Refused(load.Faults);
        if (ContentTrial.Run(content, _scanner, time) is { } fault)
        {
            content.Release();
            return Refused([fault]);
        }

        var report = new ContentReport(Accepted: true, content.Version, Accepted(content, load.Warnings));
        _inForce.Replace(content);
        ReportHealth(ProductHealth.Healthy, "");
        return report;
    }

    public void Dispose()
    {
        _inForce.Dispose();
        _scanner.Dispose();
    }

    private static string Accepted(ScanContent content, IReadOnlyList<ContentFault> warnings) =>
        warnings.Count == 0 ? content.Summary : $"{content.Summary}; {warnings.Count} warnings: {string.Join("; ", warnings)}";

    private ContentReport Refused(IReadOnlyList<ContentFault> faults)
    {
        string count = faults.Count == 1 ? "" : $"{faults.Count} faults: ";
        string message = count + string.Join("; ", faults);
        using ScanContentSlot.Lease lease = _inForce.Acquire();
        if (lease.Content is null)
            ReportHealth(ProductHealth.Failing, $"{message}; {NothingInForce} in this process");
        return new ContentReport(Accepted: false, lease.Content?.Version ?? "", message);
    }
}
