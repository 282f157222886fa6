namespace Outwork.Cli.Control;

/// <summary>Codes that this side gives when there is no response to pass on; <c>forbidden</c> is the server's too.</summary>
internal static class ClientCodes
{
    /// <summary>Nothing listens.</summary>
    public const string NotRunning = "not-running";

    /// <summary>Something listens and does not answer as it should.</summary>
    public const string Unreachable = "unreachable";

    /// <summary>The listening side is not root's.</summary>
    public const string Untrusted = "untrusted";

    /// <summary>Neither root nor in the group.</summary>
    public const string Forbidden = "forbidden";
}
