using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Events;
using Outwork.Products.ExecGuard;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Scanning;
using Outwork.Sdk;

namespace Outwork.ExecGuard.Tests.Support;

/// <summary>Short ways to a judgement.</summary>
internal static class Judging
{
    public static ScanBudget Budget(TimeSpan? time = null) => ScanBudget.Until(
        MonotonicClock.Nanoseconds(TimeProvider.System) + (long)(time ?? TimeSpan.FromSeconds(20)).TotalNanoseconds, TimeProvider.System, CancellationToken.None);

    public static Judgement Scan(this ScanContent content, string path, FileScanner? scanner = null, ulong? expectedLength = null)
    {
        using FileScanner? own = scanner is null ? new FileScanner(1) : null;
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite);
        return (scanner ?? own!).Scan(content, file, expectedLength, Budget());
    }

    public static Judgement JudgeFile(this ExecGuardProduct product, string path, FileIdentity identity = default)
    {
        using SafeFileHandle file = File.OpenHandle(path, share: FileShare.ReadWrite);
        return product.Judge(Question(identity), file, CancellationToken.None);
    }

    public static AuthQuestion Question(FileIdentity identity = default, uint mode = 0) => new()
    {
        RequestId = 1,
        Kind = EventKind.Exec,
        Via = ExecVia.Direct,
        DeadlineNs = MonotonicClock.Nanoseconds(TimeProvider.System) + 20_000_000_000,
        File = identity,
        FileMode = mode,
    };

    /// <summary>Loads a directory that must be in order.</summary>
    public static ScanContent Load(this ContentFolder folder)
    {
        ScanContentLoad load = ScanContentLoader.Load(folder.Path);
        Assert.Empty(load.Faults);
        return load.Content!;
    }

    /// <summary>What is wrong with a directory.</summary>
    public static string[] Faults(this ContentFolder folder)
    {
        ScanContentLoad load = ScanContentLoader.Load(folder.Path);
        Assert.Null(load.Content);
        return [.. load.Faults.Select(fault => fault.ToString())];
    }
}
