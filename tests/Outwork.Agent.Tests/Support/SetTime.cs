namespace Outwork.Agent.Tests.Support;

/// <summary>A clock of the day that a test sets; timers are the system's.</summary>
internal sealed class SetTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
