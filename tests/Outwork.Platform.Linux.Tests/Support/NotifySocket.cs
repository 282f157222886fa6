using System.Net.Sockets;
using System.Text;

namespace Outwork.Platform.Linux.Tests.Support;

/// <summary>A service manager's end of the notification protocol: a datagram socket at a path, or in the abstract namespace.</summary>
internal sealed class NotifySocket : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <param name="address">As NOTIFY_SOCKET has it: a path, or '@' and a name.</param>
    public NotifySocket(string address)
    {
        Address = address;
        _socket.Bind(new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address));
    }

    public string Address { get; }

    /// <summary>The next message; null when none comes in time.</summary>
    public string? Receive(TimeSpan patience)
    {
        if (!_socket.Poll(patience < TimeSpan.Zero ? TimeSpan.Zero : patience, SelectMode.SelectRead))
            return null;
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, _socket.Receive(buffer));
    }

    /// <summary>Everything that has come by now.</summary>
    public List<string> Drain()
    {
        var messages = new List<string>();
        while (Receive(TimeSpan.Zero) is { } message)
            messages.Add(message);
        return messages;
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (File.Exists(Address))
            File.Delete(Address);
    }
}
