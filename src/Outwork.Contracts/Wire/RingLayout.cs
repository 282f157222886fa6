namespace Outwork.Contracts.Wire;

/// <summary>
/// Where things are in the two shared regions. Each region is one control page and then the ring's bytes. Values that
/// different sides write are in different regions, and each on a cache line of its own.
/// </summary>
public static class RingLayout
{
    /// <summary>Bytes before the ring in both regions.</summary>
    public const int ControlLength = 4096;

    /// <summary>Both regions: u64, bytes ever written by the region's owner.</summary>
    public const int Head = 64;

    /// <summary>Both regions: u64, bytes that the region's owner has ever read from the other region's ring.</summary>
    public const int PeerTail = 128;

    /// <summary>Events region: u32 futex word, increased by the broker each time it wakes the product.</summary>
    public const int WakeWord = 192;

    /// <summary>Events region: u32, not 0 while the broker sleeps, or is about to, and wants the wake-up descriptor written.</summary>
    public const int BrokerSleeping = 256;

    /// <summary>Replies region: u32, the value of <see cref="WakeWord"/> that the product waits to see changed; other values: it is awake.</summary>
    public const int ProductSleeping = 192;

    /// <summary>Smallest capacity of a ring, bytes: it must hold a frame of any size and one more.</summary>
    public const int MinimumCapacity = 4 * FrameLimits.MaxEventFrame;

    /// <summary>Largest capacity of a ring, bytes.</summary>
    public const int MaximumCapacity = 64 * 1024 * 1024;

    /// <summary>True for a power of two within the bounds.</summary>
    public static bool IsCapacity(long value) =>
        value is >= MinimumCapacity and <= MaximumCapacity && (value & (value - 1)) == 0;
}
