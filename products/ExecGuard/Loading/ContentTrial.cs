using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Verdicts;
using Outwork.Products.ExecGuard.Scanning;
using Outwork.Sdk;

namespace Outwork.Products.ExecGuard.Loading;

/// <summary>
/// Judges ExecGuard's own program with new content before that is in force. Content that refuses it, or cannot finish with
/// it, would refuse or hold up the whole machine. Whoever means it puts the program on the allow list. It also makes the
/// first program that is judged not the first to run this code.
/// </summary>
internal static class ContentTrial
{
    /// <summary>What speaks against the content, or null.</summary>
    public static ContentFault? Run(ScanContent content, FileScanner scanner, TimeProvider time)
    {
        if (Environment.ProcessPath is not { } program)
            return null;
        using SafeFileHandle? file = Open(program);
        if (file is null)
            return null;
        long deadlineNs = MonotonicClock.Nanoseconds(time) + ScanBudget.LongestNs;
        Judgement judgement = scanner.Scan(content, file, expectedLength: null, ScanBudget.Until(deadlineNs, time, CancellationToken.None));
        return judgement.Verdict switch
        {
            Verdict.Allow => null,
            Verdict.Deny => new ContentFault(
                "", 0, $"the content would refuse {Path.GetFileName(program)} itself: {judgement.Reason}; this is taken for a mistake unless an allow list has it"),
            _ => new ContentFault("", 0, $"the content cannot judge {Path.GetFileName(program)} itself: {judgement.Reason}"),
        };
    }

    /// <summary>Null when the program may be run but not read: then there is no trial, which is no reason to be without content.</summary>
    private static SafeFileHandle? Open(string program)
    {
        try
        {
            return File.OpenHandle(program, share: FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
