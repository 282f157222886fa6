using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Verdicts;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Scanning;
using Outwork.Sdk;

namespace Outwork.Products.ExecGuard;

/// <summary>
/// <c>outwork-execguard check DIRECTORY [FILE...]</c> for the content of a package, <c>--check</c> for an administrator's: what ExecGuard would
/// say to content, and with it to files, without a broker.
/// </summary>
internal static class ContentCheck
{
    /// <summary>Checks and prints.</summary>
    /// <returns>Exit code: 0 in order and every file allowed, 1 a file denied or not judged, 2 the content is refused.</returns>
    public static int Run(ScanContentLoad load, IReadOnlyList<string> files, TextWriter output)
    {
        foreach (ContentFault fault in load.Faults)
            output.WriteLine($"error: {fault}");
        foreach (ContentFault warning in load.Warnings)
            output.WriteLine($"warning: {warning}");
        if (load.Content is not { } content)
            return 2;
        using var scanner = new FileScanner(keptBuffers: 1);
        int result = 0;
        if (ContentTrial.Run(content, scanner, TimeProvider.System) is { } objection)
        {
            output.WriteLine($"error: {objection}");
            result = 2;
        }
        else
        {
            output.WriteLine($"version {content.Version}: {content.Summary}");
            foreach (string path in files)
                result |= Judge(content, scanner, path, output) ? 0 : 1;
        }

        content.Release();
        return result;
    }

    private static bool Judge(ScanContent content, FileScanner scanner, string path, TextWriter output)
    {
        Judgement judgement;
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            long deadlineNs = MonotonicClock.Nanoseconds(TimeProvider.System) + ScanBudget.LongestNs;
            judgement = scanner.Scan(content, file, expectedLength: null, ScanBudget.Until(deadlineNs, TimeProvider.System, CancellationToken.None));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            judgement = Judgement.Failed(fault.Message);
        }

        string verdict = judgement.Verdict switch
        {
            Verdict.Allow => "allow",
            Verdict.Deny => "deny",
            _ => "not judged",
        };
        output.WriteLine($"{path}: {verdict}: {judgement.Reason}");
        return judgement.Verdict == Verdict.Allow;
    }
}
