using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Outwork.Bench.Running;
using Outwork.Contracts.Control;

namespace Outwork.Bench.Observed;

/// <summary>Asks a running Outwork for its status, over its local control socket.</summary>
internal static class StatusClient
{
    /// <summary>One request, one response.</summary>
    /// <exception cref="BenchFailedException">No status came.</exception>
    public static async Task<StatusSnapshot> QueryAsync(string runDirectory, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, "control.sock")), cancel);
        await using var stream = new NetworkStream(socket);
        var request = JsonSerializer.Serialize(new ControlRequest { Operation = "status" }, ControlJsonContext.Default.ControlRequest);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request + "\n"), cancel);
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync(cancel) ?? throw new BenchFailedException("Outwork closed its control socket.");
        var response = JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse);
        return response?.Status ?? throw new BenchFailedException($"Outwork gave no status: {response?.Error ?? line}");
    }
}
