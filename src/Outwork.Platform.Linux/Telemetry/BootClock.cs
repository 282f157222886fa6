using System.Globalization;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Turns what the kernel tells (ns since boot, on CLOCK_BOOTTIME) into wall-clock time and start ticks.</summary>
public static class BootClock
{
    /// <summary>Length of a start tick: USER_HZ is 100 on every architecture we run on, and so in /proc/PID/stat.</summary>
    public const ulong NanosecondsPerTick = 10_000_000;

    /// <summary>ns since 1970 (UTC) at which the boot clock was zero, as the clocks stand now.</summary>
    public static unsafe long BootUnixNs()
    {
        Interop.timespec boot, real;
        _ = Interop.clock_gettime(Interop.CLOCK_BOOTTIME, &boot);
        _ = Interop.clock_gettime(Interop.CLOCK_REALTIME, &real);
        return ((real.tv_sec - boot.tv_sec) * 1_000_000_000) + (real.tv_nsec - boot.tv_nsec);
    }

    /// <summary>ns since boot, suspended time included.</summary>
    public static unsafe ulong NowNs()
    {
        Interop.timespec boot;
        _ = Interop.clock_gettime(Interop.CLOCK_BOOTTIME, &boot);
        return ((ulong)boot.tv_sec * 1_000_000_000) + (ulong)boot.tv_nsec;
    }

    /// <summary>First 64 bits of this boot's identifier (/proc/sys/kernel/random/boot_id).</summary>
    public static ulong ReadBootId()
    {
        string text = File.ReadAllText("/proc/sys/kernel/random/boot_id").Replace("-", "", StringComparison.Ordinal);
        return ulong.Parse(text.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
