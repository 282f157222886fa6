using System.Globalization;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial;

/// <summary>The memory of the second instance (RssAnon of proc_pid_status(5)), looked at a few times a second.</summary>
/// <param name="inForce">Process id of the instance in force; 0 to measure by the second instance's own memory, once it is warm.</param>
/// <param name="time">Clock.</param>
internal sealed class ProductMemory(int inForce, TimeProvider time)
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(250);

    private long? _looked;

    /// <summary>What it is measured by; 0 while that is not known.</summary>
    public long Before { get; private set; } = inForce == 0 ? 0 : Read(inForce) ?? 0;

    /// <summary>The most that was seen.</summary>
    public long Peak { get; private set; }

    /// <summary>Looks, if it is time.</summary>
    /// <param name="product">Whose.</param>
    /// <param name="isWarm">It has judged enough to be measured by.</param>
    public void Look(ProductUnderTest product, bool isWarm)
    {
        if (_looked is { } looked && time.GetElapsedTime(looked) < Period)
            return;
        _looked = time.GetTimestamp();
        if (Read(product.Process.ProcessId) is not { } bytes)
            return;
        Peak = Math.Max(Peak, bytes);
        if (Before == 0 && isWarm)
            Before = bytes;
    }

    // Null when it has ended.
    private static long? Read(int processId) =>
        ProcessVitals.ReadStatus(processId)?.GetValueOrDefault("RssAnon") is { } text
        && long.TryParse(text.Split(' ')[0], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes)
            ? kilobytes * 1024 : null;
}
