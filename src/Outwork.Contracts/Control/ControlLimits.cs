namespace Outwork.Contracts.Control;

/// <summary>Bounds of the control protocol that both sides know.</summary>
public static class ControlLimits
{
    /// <summary>Longest line, bytes: a policy of some 100,000 rules.</summary>
    public const int MaximumLine = 32 * 1024 * 1024;

    /// <summary>The most decisions given at a time.</summary>
    public const int MaximumDecisions = 10_000;

    /// <summary>
    /// The most bytes that the decisions of one response have together, about: a record has a path and reasons of up to 4 KiB each, so
    /// that the number alone bounds nothing.
    /// </summary>
    public const int MaximumDecisionBytes = 8 * 1024 * 1024;

    /// <summary>The most bytes of a bundle that one request carries; a long request is read one at a time.</summary>
    public const int MaximumImportPiece = 4 * 1024 * 1024;

    /// <summary>The most bytes of a bundle.</summary>
    public const long MaximumBundle = 4L * 1024 * 1024 * 1024;

    /// <summary>Where the agent listens.</summary>
    public const string DefaultSocketPath = "/run/outwork/control.sock";

    /// <summary>Environment variable that names another socket.</summary>
    public const string SocketVariable = "OUTWORK_SOCKET";
}
