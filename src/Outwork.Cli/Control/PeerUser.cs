using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Outwork.Cli.Control;

/// <summary>Whose the other side of a Unix socket is.</summary>
internal static class PeerUser
{
    // asm-generic/socket.h; struct ucred is pid, uid, gid (socket(7), unix(7)).
    private const int SocketLevel = 1;
    private const int PeerCredentials = 17;
    private const int CredentialsLength = 12;

    /// <summary>
    /// The user that called listen(2). The kernel recorded it then, so it holds though the agent, which accepts, has another user.
    /// </summary>
    public static uint Of(Socket connected)
    {
        Span<byte> credentials = stackalloc byte[CredentialsLength];
        connected.GetRawSocketOption(SocketLevel, PeerCredentials, credentials);
        return MemoryMarshal.Read<uint>(credentials[sizeof(int)..]);
    }
}
