namespace Outwork.Broker.Processes;

/// <summary>Takes process events, in the order in which they happened, on the thread that drains the source.</summary>
public interface IProcessEventSink
{
    /// <summary>A process was created.</summary>
    void Forked(in ProcessFacts child);

    /// <summary>A process began to run another program.</summary>
    void Executed(in ExecFacts exec);

    /// <summary>A process (its last thread) ended.</summary>
    /// <param name="process">The process.</param>
    /// <param name="exitCode">Exit code, or 128 + signal number when a signal ended it.</param>
    void Exited(in ProcessFacts process, int exitCode);
}
