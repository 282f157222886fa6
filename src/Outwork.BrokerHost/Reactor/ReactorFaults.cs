namespace Outwork.BrokerHost.Reactor;

/// <summary>
/// Counts exceptions that the broker outlives. One of them is a bug, but it concerns one request or one session, and ending the
/// broker for it would end the guard. Any thread.
/// </summary>
internal sealed class ReactorFaults
{
    private const int MostTold = 32;
    private long _count;

    /// <summary>Exceptions outlived so far.</summary>
    public ulong Count => (ulong)Volatile.Read(ref _count);

    /// <summary>
    /// For exception filters: counts the exception and tells whether to go on. It is told to people on another thread, since
    /// writing may wait; a bug that repeats itself does not fill the log.
    /// </summary>
    public bool Survives(Exception fault)
    {
        if (fault is UnrecoverableException) return false;
        if (Interlocked.Increment(ref _count) <= MostTold) ThreadPool.QueueUserWorkItem(static f => Tell((Exception)f!), fault);
        return true;
    }

    /// <summary>Does something that concerns only itself.</summary>
    public void Contain(Action work)
    {
        try
        {
            work();
        }
        catch (Exception fault) when (Survives(fault))
        {
            // Counted and told by the filter.
        }
    }

    /// <summary>One line for people. No stack trace: that would open files, which may be judged by the one that writes it.</summary>
    public static void Tell(Exception fault)
    {
        // The type helps to find a bug; an end that is foreseen says all in its message.
        string type = fault is UnrecoverableException ? "" : $"{fault.GetType().Name}: ";
        Console.Error.WriteLine($"outwork-broker: {type}{fault.Message.ReplaceLineEndings(" ")}");
    }
}

/// <summary>The broker cannot go on: the guard ends and the warden starts another one.</summary>
internal sealed class UnrecoverableException(string message) : Exception(message);
