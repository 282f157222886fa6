using System.Net.Sockets;
using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.Faults;

/// <summary>The control socket, for a machine that may not answer: every question has a short limit.</summary>
internal static class ControlPort
{
    private const int LimitMs = 1000;

    /// <summary>One request; null when no whole answer came in time.</summary>
    public static ControlResponse? Ask(string socketPath, ControlRequest request)
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = LimitMs, SendTimeout = LimitMs };
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            _ = socket.Send(JsonSerializer.SerializeToUtf8Bytes(request, ControlJsonContext.Default.ControlRequest));
            _ = socket.Send("\n"u8);
            using var line = new MemoryStream();
            byte[] buffer = new byte[64 * 1024];
            while (true)
            {
                int read = socket.Receive(buffer);
                if (read == 0)
                    return null;
                int end = buffer.AsSpan(0, read).IndexOf((byte)'\n');
                line.Write(buffer, 0, end < 0 ? read : end);
                if (end >= 0)
                    return JsonSerializer.Deserialize(line.ToArray(), ControlJsonContext.Default.ControlResponse);
            }
        }
        catch (Exception failed) when (failed is SocketException or JsonException or IOException)
        {
            return null;
        }
    }
}
