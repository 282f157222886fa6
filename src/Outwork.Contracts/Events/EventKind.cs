namespace Outwork.Contracts.Events;

/// <summary>What happened or is asked. The values are frozen: they are on the wire and in stored policies.</summary>
public enum EventKind : ushort
{
    /// <summary>No event.</summary>
    None = 0,

    /// <summary>Code is about to run (AUTH) or began to run (NOTIFY): a program, script, library; see <see cref="ExecVia"/>.</summary>
    Exec = 1,

    /// <summary>A file is about to be opened (AUTH).</summary>
    Open = 2,

    /// <summary>A process was created (NOTIFY).</summary>
    Fork = 3,

    /// <summary>A process ended (NOTIFY).</summary>
    Exit = 4,

    /// <summary>A decision was made (NOTIFY); the record is retrievable by its id.</summary>
    Decision = 5,

    /// <summary>Events were lost before this point of the stream (NOTIFY); the counts say how many and where.</summary>
    Gap = 6,

    /// <summary>The policy or a product's content changed (NOTIFY).</summary>
    ContentChange = 7,

    /// <summary>A product is no longer asked, was asked on trial, or is asked again (NOTIFY); the detail says which and why.</summary>
    Demotion = 8,

    /// <summary>A product tried what its confinement refuses (NOTIFY); the detail says which product, what, and how often by now.</summary>
    ConfinementRefusal = 9,

    /// <summary>
    /// What was sent as reconstructed before this point of the stream is complete: all that changed unseen, or all that ran
    /// when the subscriber came (NOTIFY). Told to everyone who is told of processes.
    /// </summary>
    StateComplete = 10,
}

/// <summary>How code comes to run. The values are frozen.</summary>
public enum ExecVia : ushort
{
    /// <summary>Not an execution.</summary>
    None = 0,

    /// <summary>The program itself is executed by the kernel.</summary>
    Direct = 1,

    /// <summary>A script, read by its interpreter.</summary>
    Script = 2,

    /// <summary>A program given as argument to the dynamic loader.</summary>
    Loader = 3,

    /// <summary>A library or other executable image opened by a running process (preload, dlopen).</summary>
    Library = 4,

    /// <summary>Memory without a path.</summary>
    Memory = 5,
}
