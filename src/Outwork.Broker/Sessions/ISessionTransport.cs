using Outwork.Contracts.Events;

namespace Outwork.Broker.Sessions;

/// <summary>What became of a question to a product.</summary>
public enum AskOutcome
{
    /// <summary>It is on its way.</summary>
    Asked,

    /// <summary>The product does not read fast enough.</summary>
    QueueFull,

    /// <summary>The product has gone.</summary>
    Disconnected,
}

/// <summary>
/// The broker's end of one product's session. Reactor thread only. No member waits. Everything that comes from the product
/// is untrusted: a frame that does not decode never reaches the engine.
/// </summary>
public interface ISessionTransport
{
    /// <summary>Events lost on the way to this product; each was told, or will be with the next that finds room (R5).</summary>
    ulong Lost { get; }

    /// <summary>How full the stream is with what the product has not read yet, 0 to 100.</summary>
    int PercentUsed { get; }

    /// <summary>Puts a question into the stream, its descriptor beside it when <paramref name="handle"/> is not negative.</summary>
    AskOutcome Ask(AuthQuestion question, int handle);

    /// <summary>Puts an encoded event into the stream; false when it was lost, which the transport counts and tells.</summary>
    /// <param name="frame">A Notify frame.</param>
    /// <param name="pid">The process that it is put down to when it is lost; 0 for none.</param>
    bool Deliver(ReadOnlySpan<byte> frame, int pid);

    /// <summary>True when so much room is free that what is not urgent hinders nothing that is.</summary>
    bool HasAmpleRoom => PercentUsed <= 50;

    /// <summary>Counts events that were shed, or lost before they could be encoded; they are told with the next gap.</summary>
    /// <param name="kind">Their kind; None when it is not known.</param>
    /// <param name="pid">The process that caused them; 0 for several or none.</param>
    /// <param name="events">How many.</param>
    void CountLost(EventKind kind, int pid, ulong events);

    /// <summary>Tells what was lost, if anything and if there is room.</summary>
    void TellGap();

    /// <summary>Wakes the product if it sleeps. Called once after a batch of messages.</summary>
    void Wake();
}
