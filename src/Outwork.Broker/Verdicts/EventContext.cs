using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>One event while it is judged: what is known of it so far.</summary>
internal readonly ref struct EventContext
{
    public required AuthEvent Event { get; init; }

    public required FileFacts Facts { get; init; }

    public ContentClass Content { get; init; }

    public string Path { get; init; }

    public ProcessInfo? Subject { get; init; }

    public ExecVia Via { get; init; }

    public ReadOnlySpan<byte> Sha256 { get; init; }

    /// <summary>The slot in which the event waits already, when its content had to be read first.</summary>
    public PendingVerdict? Slot { get; init; }
}
