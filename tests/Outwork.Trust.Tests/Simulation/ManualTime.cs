namespace Outwork.Trust.Tests.Simulation;

/// <summary>A wall clock that a test sets; what waits goes by the real one.</summary>
internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
