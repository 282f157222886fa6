using Outwork.Cli.Control;
using Outwork.Contracts.Control;

namespace Outwork.Cli;

/// <summary>What the command line ends with. Part of the interface: docs/cli.md lists them.</summary>
internal static class ExitCodes
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>Refused, faults found, or no such thing.</summary>
    public const int Refused = 1;

    /// <summary>The command line itself is wrong.</summary>
    public const int Usage = 2;

    /// <summary>Outwork does not run here or does not answer.</summary>
    public const int Unreachable = 3;

    /// <summary>This user may not.</summary>
    public const int Forbidden = 4;

    /// <summary>Ended by Ctrl-C (SIGINT) before it was done; as a shell tells it.</summary>
    public const int Interrupted = 128 + 2;

    /// <summary>Ended by SIGTERM before it was done; as a shell tells it.</summary>
    public const int Terminated = 128 + 15;

    /// <summary>The exit code that tells of a response.</summary>
    public static int Of(ControlResponse response) => response switch
    {
        { Ok: true } => Done,
        { Code: ControlCodes.Forbidden } => Forbidden,
        { Code: ClientCodes.NotRunning or ClientCodes.Unreachable or ClientCodes.Untrusted
            or ControlCodes.BrokerUnavailable or ControlCodes.Busy } => Unreachable,
        _ => Refused,
    };
}
