using System.Net.Sockets;
using System.Text.Json;
using Outwork.BrokerHost.Reactor;
using Outwork.Contracts.Control;

namespace Outwork.BrokerHost.Control;

/// <summary>
/// Answers the agent's requests: one JSON object a line, in order, on a socket that the warden gave to both. Runs on a thread
/// of its own and asks the reactor for what only that knows.
/// </summary>
internal sealed class ControlServer(Socket socket, ControlRequests requests, ReactorFaults faults)
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
        stream.Write(Answer(json));
        stream.WriteByte((byte)'\n');
    }

    private byte[] Answer(ReadOnlySpan<byte> json)
    {
        try
        {
            var request = JsonSerializer.Deserialize(json, ControlJsonContext.Default.ControlRequest);
            return Bytes(request is null ? Refuse("The request is null.") : requests.Handle(request));
        }
        catch (JsonException e)
        {
            return Bytes(Refuse(e.Message));
        }
        catch (Exception fault) when (faults.Survives(fault))
        {
            return Bytes(Refuse($"The request could not be answered: {fault.GetType().Name}."));
        }
    }

    private static byte[] Bytes(ControlResponse response) => JsonSerializer.SerializeToUtf8Bytes(response, ControlJsonContext.Default.ControlResponse);

    private static ControlResponse Refuse(string message) => new() { Ok = false, Code = "bad-request", Error = message };
}
