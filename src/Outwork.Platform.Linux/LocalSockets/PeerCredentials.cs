using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux.LocalSockets;

/// <summary>
/// Who is at the other end of a connected Unix socket, as the kernel recorded it: for the side that accepted, the peer when it
/// called connect; for the side that connected, the process that called listen.
/// </summary>
/// <param name="ProcessId">Pid; may have ended since, so it is for logs only.</param>
/// <param name="UserId">Effective user id.</param>
/// <param name="GroupId">Effective group id.</param>
/// <param name="SupplementaryGroups">The other groups.</param>
public sealed record PeerCredentials(int ProcessId, uint UserId, uint GroupId, uint[] SupplementaryGroups)
{
    private const int CredentialsLength = 12;

    // NGROUPS_MAX of linux/limits.h, four bytes each: the kernel never has more to say.
    private const int MaximumGroupsLength = 65_536 * sizeof(uint);

    /// <summary>Asks the kernel (SO_PEERCRED, SO_PEERGROUPS; socket(7), unix(7)).</summary>
    /// <exception cref="SocketException">The socket is not a connected Unix socket.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[CredentialsLength];
        socket.GetRawSocketOption(Interop.SOL_SOCKET, Interop.SO_PEERCRED, credentials);
        return new PeerCredentials(
            MemoryMarshal.Read<int>(credentials),
            MemoryMarshal.Read<uint>(credentials[4..]),
            MemoryMarshal.Read<uint>(credentials[8..]),
            Groups(socket));
    }

    /// <summary>True for the group itself and for supplementary membership.</summary>
    public bool IsInGroup(uint group) => GroupId == group || Array.IndexOf(SupplementaryGroups, group) >= 0;

    private static uint[] Groups(Socket socket)
    {
        Span<byte> few = stackalloc byte[64 * sizeof(uint)];
        try
        {
            return Parse(few[..socket.GetRawSocketOption(Interop.SOL_SOCKET, Interop.SO_PEERGROUPS, few)]);
        }
        catch (SocketException)
        {
            // ERANGE: more groups than fit. An error that is not about the size comes again below.
            byte[] many = new byte[MaximumGroupsLength];
            return Parse(many.AsSpan(0, socket.GetRawSocketOption(Interop.SOL_SOCKET, Interop.SO_PEERGROUPS, many)));
        }
    }

    private static uint[] Parse(ReadOnlySpan<byte> bytes) => MemoryMarshal.Cast<byte, uint>(bytes).ToArray();
}
