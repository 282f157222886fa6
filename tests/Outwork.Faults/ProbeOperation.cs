namespace Outwork.Faults;

/// <summary>What <see cref="WorkProbe"/> does on the guarded mount; numbers are those of testassets/fault-probe/probe.c.</summary>
public enum ProbeOperation
{
    /// <summary>Opens, reads and closes a file.</summary>
    Open,

    /// <summary>Starts the same program as ever, and waits for its end.</summary>
    Spawn,

    /// <summary>Writes a new program.</summary>
    Create,

    /// <summary>Starts a program that was never seen; the policy's default decides.</summary>
    Fresh,

    /// <summary>Starts what a rule denies: must be refused.</summary>
    DeniedExec,

    /// <summary>Opens what a rule denies: must be refused.</summary>
    DeniedOpen,

    /// <summary>Starts a program that was never seen; the victim is asked, on-failure open.</summary>
    AskedOpen,

    /// <summary>The same with on-failure closed: refused exactly while the victim's opinion is missing.</summary>
    AskedClosed,

    /// <summary>The same of the product that is never hit.</summary>
    Bystander,
}
