namespace Outwork.Broker.Verdicts;

/// <summary>Reads file contents beside the reactor, since that may wait for a disk.</summary>
public interface IContentReader
{
    /// <summary>
    /// Takes a file in hand; <see cref="VerdictEngine.ContentRead"/> is called on the reactor when it is done. The handle stays
    /// the engine's: the reader works on a copy of it. False when the reader's queue is full, or too full with files of this user.
    /// </summary>
    bool TryRead(ulong requestId, int handle, in FileFacts facts, bool withHash, uint user);
}
