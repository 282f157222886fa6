namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Settings of <see cref="BpfTelemetry"/>.</summary>
public sealed record BpfTelemetryOptions
{
    /// <summary>The compiled programs; beside the executable by default.</summary>
    public string ObjectPath { get; init; } = Path.Combine(AppContext.BaseDirectory, "outwork.bpf.o");

    /// <summary>
    /// Size of the ring in bytes, a power of two and of at least one page. The default holds some 2,500 spawns, which on two
    /// cores is more than the longest pause of a reader that looks every 50 ms.
    /// </summary>
    public uint RingBytes { get; init; } = 2 << 20;
}
