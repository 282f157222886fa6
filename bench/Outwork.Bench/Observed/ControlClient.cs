using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Outwork.Bench.Running;
using Outwork.Contracts.Control;

namespace Outwork.Bench.Observed;

/// <summary>Asks a running Outwork over its local control socket.</summary>
internal static class ControlClient
{
    /// <summary>Asks for the status.</summary>
    /// <exception cref="BenchFailedException">None came.</exception>
    public static async Task<StatusSnapshot> StatusAsync(string runDirectory, CancellationToken cancel)
    {
        var response = await AskAsync(runDirectory, new ControlRequest { Operation = ControlOperations.Status }, cancel);
        return response.Status ?? throw new BenchFailedException($"Outwork gave no status: {response.Error}");
    }

    /// <summary>One request, one response.</summary>
    /// <exception cref="BenchFailedException">None came.</exception>
    public static async Task<ControlResponse> AskAsync(string runDirectory, ControlRequest request, CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, "control.sock")), cancel);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(request, ControlJsonContext.Default.ControlRequest) + "\n"), cancel);
        using var reader = new StreamReader(stream);
        var line = await reader.ReadLineAsync(cancel) ?? throw new BenchFailedException("Outwork closed its control socket.");
        return JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse) ?? throw new BenchFailedException($"Outwork gave no answer: {line}");
    }
}
