using System.Net.Sockets;
using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.BrokerHost.Control;

/// <summary>
/// Answers the agent's requests: one JSON object a line, in order, on a socket that the warden gave to both. Runs on a thread
/// of its own and asks the reactor for what only that knows.
/// </summary>
internal sealed class ControlServer(Socket socket, ControlRequests requests)
{
    private const int MaxLineBytes = 64 * 1024 * 1024;

    /// <summary>Starts the thread; it ends with the connection.</summary>
    public void Start() => new Thread(Run) { IsBackground = true, Name = "control" }.Start();

    private void Run()
    {
        using var stream = new NetworkStream(socket, ownsSocket: true);
        var line = new MemoryStream();
        byte[] block = new byte[16 * 1024];
        try
        {
            for (int read; (read = stream.Read(block)) > 0;)
            {
                var rest = block.AsSpan(0, read);
                for (int end; (end = rest.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
                {
                    line.Write(rest[..end]);
                    Reply(stream, line.GetBuffer().AsSpan(0, (int)line.Length));
                    line.SetLength(0);
                    if (line.Capacity > 1024 * 1024) line.Capacity = 0;
                }
                if (line.Length + rest.Length > MaxLineBytes) return;
                line.Write(rest);
            }
        }
        catch (IOException)
        {
            // The agent has gone; the warden starts another one with another socket.
        }
    }

    private void Reply(NetworkStream stream, ReadOnlySpan<byte> json)
    {
        ControlResponse response;
        try
        {
            var request = JsonSerializer.Deserialize(json, ControlJsonContext.Default.ControlRequest);
            response = request is null ? Refuse("The request is null.") : requests.Handle(request);
        }
        catch (JsonException e)
        {
            response = Refuse(e.Message);
        }
        byte[] reply = JsonSerializer.SerializeToUtf8Bytes(response, ControlJsonContext.Default.ControlResponse);
        stream.Write(reply);
        stream.WriteByte((byte)'\n');
    }

    private static ControlResponse Refuse(string message) => new() { Ok = false, Code = "bad-request", Error = message };
}
