using Outwork.Platform.Linux.LocalSockets;
using System.Net.Sockets;

namespace Outwork.Cli.Tests.Support;

/// <summary>The user that runs the tests, as the kernel tells it of a socket.</summary>
internal static class CurrentUser
{
    public static uint Id { get; } = Ask();

    private static uint Ask()
    {
        string directory = Directory.CreateTempSubdirectory("outwork-cli-user-").FullName;
        try
        {
            var address = new UnixDomainSocketEndPoint(Path.Join(directory, "s"));
            using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            listener.Bind(address);
            listener.Listen();
            using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            client.Connect(address);
            return PeerCredentials.Of(client).UserId;
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
