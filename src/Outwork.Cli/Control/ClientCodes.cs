namespace Outwork.Cli.Control;

/// <summary>Codes that this side gives, beside those of <see cref="Outwork.Contracts.Control.ControlCodes"/>, when there is no response to pass on.</summary>
internal static class ClientCodes
{
    /// <summary>Nothing listens.</summary>
    public const string NotRunning = "not-running";

    /// <summary>Something listens and does not answer as it should.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The listening side is not root's.</summary>
    public const string Untrusted = "untrusted";

    /// <summary>A path names something else than a file that can be started.</summary>
    public const string NotAProgram = "not-a-program";
}
