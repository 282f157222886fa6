using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Control;

/// <summary>One connection: a JSON object a line each way.</summary>
internal sealed class ControlConnection : IDisposable
{
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    /// <param name="socket">Connected; owned from now on.</param>
    public ControlConnection(Socket socket)
    {
        _stream = new NetworkStream(socket, ownsSocket: true);
        _reader = new StreamReader(_stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), detectEncodingFromByteOrderMarks: false);
    }

    /// <exception cref="IOException">The other side is gone.</exception>
    public async Task SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        byte[] json = JsonSerializer.SerializeToUtf8Bytes(request, ControlJsonContext.Default.ControlRequest);
        await _stream.WriteAsync((byte[])[.. json, (byte)'\n'], cancellation);
    }

    /// <summary>The next line; null when the other side closed the connection.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="JsonException">The line is not of the protocol.</exception>
    public async Task<ControlResponse?> ReceiveAsync(CancellationToken cancellation)
    {
        string? line = await _reader.ReadLineAsync(cancellation);
        return line is null
            ? null
            : JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse) ?? throw new JsonException("an empty line");
    }

    public void Dispose()
    {
        _reader.Dispose();
        _stream.Dispose();
    }
}
