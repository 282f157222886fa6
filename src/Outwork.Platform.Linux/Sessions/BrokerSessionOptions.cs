namespace Outwork.Platform.Linux.Sessions;

/// <summary>Sizes of one session.</summary>
public sealed record BrokerSessionOptions
{
    /// <summary>Bytes of the ring from broker to product; a power of two, 64 KiB to 64 MiB.</summary>
    public int EventsCapacity { get; init; } = 1024 * 1024;

    /// <summary>Bytes of the ring from product to broker; a power of two, 64 KiB to 64 MiB.</summary>
    public int RepliesCapacity { get; init; } = 256 * 1024;
}
