namespace Outwork.Content.Mirrors;

/// <summary>How long a mirror may take.</summary>
public sealed record MirrorOptions
{
    private const double MostSeconds = 365 * 24 * 3600;

    /// <summary>Until a connection stands.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Until an answer begins, and between two pieces of it.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>What every transfer may take whatever its length.</summary>
    public TimeSpan Least { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>And how fast it must be beyond that: one byte now and then keeps a device from updating as surely as none. Bytes a second.</summary>
    public int LeastRate { get; init; } = 8 * 1024;

    /// <summary>The time that a transfer of so many bytes may take; a year at most, whatever length somebody signed.</summary>
    public TimeSpan Longest(long bytes) => Least + TimeSpan.FromSeconds(Math.Min((double)bytes / LeastRate, MostSeconds));
}
