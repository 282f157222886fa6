using Outwork.Platform.Linux.LocalSockets;

namespace Outwork.Agent.Control;

/// <summary>Who may use the control socket: root, and members of one group.</summary>
/// <param name="findGroup">The group's id now; null while there is no such group. Asked for each peer that is not root.</param>
internal sealed class PeerAuthorization(Func<uint?> findGroup)
{
    /// <summary>Name of the group.</summary>
    public const string Group = "outwork";

    /// <summary>True when the peer may.</summary>
    public bool Allows(PeerCredentials peer) =>
        peer.UserId == 0 || (findGroup() is { } group && peer.IsInGroup(group));
}
