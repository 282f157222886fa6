using System.Text.Json;

namespace Outwork.Contracts.Control;

/// <summary>Writes the lines of the control protocol.</summary>
public static class ControlLines
{
    /// <summary>Writes one response and its line end, in one piece.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    public static Task WriteAsync(Stream stream, ControlResponse response, CancellationToken cancellation) =>
        WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(response, ControlJsonContext.Default.ControlResponse), cancellation);

    /// <summary>Writes one request and its line end, in one piece.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    public static Task WriteAsync(Stream stream, ControlRequest request, CancellationToken cancellation) =>
        WriteAsync(stream, JsonSerializer.SerializeToUtf8Bytes(request, ControlJsonContext.Default.ControlRequest), cancellation);

    private static Task WriteAsync(Stream stream, byte[] json, CancellationToken cancellation)
    {
        byte[] line = new byte[json.Length + 1];
        json.CopyTo(line, 0);
        line[^1] = (byte)'\n';
        return stream.WriteAsync(line, cancellation).AsTask();
    }
}
