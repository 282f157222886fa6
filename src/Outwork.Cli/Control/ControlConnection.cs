using System.Net.Sockets;
using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Control;

/// <summary>One connection: a JSON object a line each way.</summary>
internal sealed class ControlConnection : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly ControlLineReader _reader;

    /// <param name="socket">Connected; owned from now on.</param>
    public ControlConnection(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new ControlLineReader(_stream, ControlLimits.MaximumLine);
    }

    /// <exception cref="IOException">The other side is gone.</exception>
    public Task SendAsync(ControlRequest request, CancellationToken cancellation) => ControlLines.WriteAsync(_stream, request, cancellation);

    /// <summary>The next line; null when the other side closed the connection.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="JsonException">The line is not of the protocol.</exception>
    public async Task<ControlResponse?> ReceiveAsync(CancellationToken cancellation) => await _reader.ReadAsync(cancellation) switch
    {
        ControlLineStatus.Ended => null,
        ControlLineStatus.Line => MissingFields.Fill(
            JsonSerializer.Deserialize(_reader.Line.Span, ControlJsonContext.Default.ControlResponse)
            ?? throw new JsonException("null is no response.")),
        _ => throw new JsonException($"a line is longer than {ControlLimits.MaximumLine} bytes."),
    };

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}
