using System.Runtime.InteropServices;

namespace Outwork.Platform.Processes;

/// <summary>
/// A child process, held by a handle and not by its number, so that no call ever reaches another process that got the same
/// number. Not thread safe. Disposing forgets the process; it does not end it.
/// </summary>
public abstract class LaunchedProcess : IDisposable
{
    /// <summary>Process id, for people and for logs.</summary>
    public abstract int ProcessId { get; }

    /// <summary>The process itself; readable for poll and epoll when it has ended.</summary>
    public abstract SafeHandle Handle { get; }

    /// <summary>How it ended, or null while it runs. The first answer that is not null frees the system's record of it.</summary>
    public abstract ProcessExit? TryGetExit();

    /// <summary>Waits until it has ended; null when it still runs after <paramref name="timeout"/>.</summary>
    public abstract ProcessExit? WaitForExit(TimeSpan timeout);

    /// <summary>Asks it to end (it may clean up first). Nothing happens when it has ended.</summary>
    public abstract void RequestEnd();

    /// <summary>Ends it. Nothing happens when it has ended.</summary>
    public abstract void Kill();

    /// <summary>Goes the way of <see cref="Kill"/> and sends nothing, so that nothing has to be loaded or bound when it counts.</summary>
    public virtual void PrepareKill()
    {
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the handle.</summary>
    protected abstract void Dispose(bool disposing);
}

/// <summary>How a process ended.</summary>
/// <param name="Code">Its exit code; 0 when a signal ended it.</param>
/// <param name="Signal">The signal that ended it; 0 when it ended by itself.</param>
public readonly record struct ProcessExit(int Code, int Signal)
{
    /// <summary>For logs.</summary>
    public override string ToString() => Signal != 0 ? $"ended by signal {Signal}" : $"ended with code {Code}";
}
