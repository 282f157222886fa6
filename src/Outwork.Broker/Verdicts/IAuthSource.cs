using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// The operating system's source of AUTH events, as the engine sees it. A handle is a small integer that stays valid from
/// the event until <see cref="Release"/>. No member waits for anything but the processor: a source that would have to wait
/// says so instead. <see cref="Respond"/> may be called from any thread; all others only from the reactor's.
/// </summary>
public interface IAuthSource
{
    /// <summary>Reads what the file system says of the file. False when it cannot be told.</summary>
    bool TryGetFacts(int handle, out FileFacts facts);

    /// <summary>Looks at the first bytes.</summary>
    ContentClass Classify(int handle, in FileFacts facts);

    /// <summary>The file's path now; empty when it has none.</summary>
    string GetPath(int handle);

    /// <summary>Answers. True when the system took the answer.</summary>
    bool Respond(int handle, Verdict verdict);

    /// <summary>Gives the handle up. Called once for each event, after the answer.</summary>
    void Release(int handle);

    /// <summary>
    /// The same for a handle that was kept while others judged. The file may have lost its last name and its last user meanwhile: then giving it
    /// up means to take the file apart, which nobody waits for.
    /// </summary>
    void ReleaseKept(int handle);

    /// <summary>
    /// Lets the system itself allow this content from now on, until it changes or <see cref="FlushCacheMarks"/>.
    /// False when that failed or the content is no longer <paramref name="facts"/>; then nothing is marked.
    /// </summary>
    bool TrySetCacheMark(int handle, in FileFacts facts);

    /// <summary>Takes the cache mark of this file back, and the watch on its writers.</summary>
    void RemoveCacheMark(int handle);

    /// <summary>
    /// Has the source tell when a writer of this file closes it, from now on, before any later event about the file. False when
    /// the system cannot; then nothing may be remembered about a file that others can write.
    /// </summary>
    bool TryWatchWrites(int handle);

    /// <summary>True when somebody could change the content at this moment, also through a mapping, or when it cannot be told.</summary>
    bool HasWriter(int handle);

    /// <summary>
    /// True when somebody other than the process that waits could change the content at this moment, also through a mapping; false when it
    /// cannot be told.
    /// </summary>
    /// <param name="handle">The event's.</param>
    /// <param name="pid">The process that waits.</param>
    bool HasOtherWriter(int handle, int pid);

    /// <summary>Takes every cache mark back before it returns.</summary>
    void FlushCacheMarks();
}
