using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Soak.Observed;

/// <summary>Watches all events through the control socket, as `outwork watch --all` does, and adds up what the gaps say.</summary>
internal sealed class LossWatch(SoakClock clock, string runDirectory)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    // Said by the agent of its own watcher's queue, not by the broker.
    private const string OwnQueue = "the watcher was too slow";

    private long told;
    private long interruptions;

    /// <summary>Events that gaps told as lost, since the beginning.</summary>
    public ulong Told => (ulong)Volatile.Read(ref told);

    /// <summary>How often something may have been missed by the watcher itself: it was too slow, or the agent went away.</summary>
    public long Interruptions => Volatile.Read(ref interruptions);

    /// <summary>Watches until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            try
            {
                await WatchAsync(cancel);
            }
            catch (Exception e) when (e is SocketException or IOException or JsonException)
            {
                // The agent is not there, or has just gone.
            }
            Interlocked.Increment(ref interruptions);
            await Task.Delay(Pause, clock.Time, cancel);
        }
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(Path.Combine(runDirectory, "control.sock")), cancel);
        await using var stream = new NetworkStream(socket);
        string request = JsonSerializer.Serialize(
            new ControlRequest { Operation = ControlOperations.Watch, All = true }, ControlJsonContext.Default.ControlRequest);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request + "\n"), cancel);
        using var reader = new StreamReader(stream, bufferSize: 1 << 16);
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            // Thousands a second, of which few are gaps: only those are parsed.
            if (line.Contains("\"Gap\"", StringComparison.Ordinal))
                Take(JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse)?.Event);
        }
    }

    private void Take(NotifyEvent? notification)
    {
        if (notification is not { Kind: EventKind.Gap })
            return;
        if (notification.Detail == OwnQueue)
            Interlocked.Increment(ref interruptions);
        else
            Interlocked.Add(ref told, (long)notification.Lost);
    }
}
