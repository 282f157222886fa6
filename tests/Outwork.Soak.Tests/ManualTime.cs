namespace Outwork.Soak.Tests;

/// <summary>A clock that the test moves; nanoseconds, as the system's on Linux.</summary>
internal sealed class ManualTime : TimeProvider
{
    private long _now = 1_000_000_000_000;

    public override long TimestampFrequency => 1_000_000_000;

    public override long GetTimestamp() => _now;

    public void Advance(double seconds) => _now += (long)(seconds * 1e9);
}
