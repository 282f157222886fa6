namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Settings of <see cref="BpfTelemetry"/>.</summary>
public sealed record BpfTelemetryOptions
{
    /// <summary>The compiled programs; beside the executable by default.</summary>
    public string ObjectPath { get; init; } = Path.Combine(AppContext.BaseDirectory, "outwork.bpf.o");

    /// <summary>
    /// Size of the ring in bytes, a power of two and of at least one page. The default holds some 1,200 spawns; its reader looks
    /// every 50 ms and is woken when an eighth more has filled.
    /// </summary>
    public uint RingBytes { get; init; } = 1 << 20;
}
