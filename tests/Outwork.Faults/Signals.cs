namespace Outwork.Faults;

/// <summary>Signals by their numbers in signal(7), x86-64.</summary>
public enum Signals
{
    /// <summary>SIGKILL.</summary>
    Kill = 9,

    /// <summary>SIGSEGV.</summary>
    SegmentationFault = 11,

    /// <summary>SIGTERM.</summary>
    Terminate = 15,

    /// <summary>SIGCONT.</summary>
    Continue = 18,

    /// <summary>SIGSTOP.</summary>
    Stop = 19,

    /// <summary>SIGABRT.</summary>
    Abort = 6,
}
