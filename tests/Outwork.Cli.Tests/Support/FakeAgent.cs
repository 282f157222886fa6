using System.Collections.Concurrent;
using System.Net.Sockets;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Cli.Tests.Support;

/// <summary>An agent without a broker: speaks the real protocol on a real socket, and answers what the test says.</summary>
internal sealed class FakeAgent : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ControlRequest, ControlResponse> _answer;
    private readonly Task _serving;

    private FakeAgent(string path, Func<ControlRequest, ControlResponse> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen();
        _serving = ServeAsync();
    }

    /// <summary>What was asked.</summary>
    public ConcurrentQueue<ControlRequest> Requests { get; } = new();

    /// <summary>What a watch streams before its connection is closed.</summary>
    public NotifyEvent[] Events { get; init; } = [];

    /// <summary>Sent as it is instead of any answer.</summary>
    public string? RawAnswer { get; init; }

    /// <summary>True: the peer is refused before it says anything, as the real agent does.</summary>
    public bool RefusesEveryPeer { get; init; }

    public static FakeAgent Start(string path, Func<ControlRequest, ControlResponse> answer) => new(path, answer);

    public static FakeAgent StartRefusing(string path) => new(path, _ => Forbidden) { RefusesEveryPeer = true };

    public static FakeAgent StartWatched(string path, params NotifyEvent[] events) => new(path, _ => new ControlResponse { Ok = true }) { Events = events };

    public static FakeAgent StartRaw(string path, string raw) => new(path, _ => new ControlResponse { Ok = true }) { RawAnswer = raw };

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private static ControlResponse Forbidden { get; } = new()
    {
        Ok = false,
        Code = ControlCodes.Forbidden,
        Error = "Only root and members of the group outwork may ask.",
    };

    private async Task ServeAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var stream = new NetworkStream(await _listener.AcceptAsync(_stop.Token), ownsSocket: true);
            if (RefusesEveryPeer)
                await ControlLines.WriteAsync(stream, Forbidden, _stop.Token);
            else
                await ServeAsync(stream);
        }
    }

    private async Task ServeAsync(NetworkStream stream)
    {
        using var reader = new ControlLineReader(stream, ControlLimits.MaximumLine);
        while (await reader.ReadAsync(_stop.Token) == ControlLineStatus.Line)
        {
            ControlRequest request = System.Text.Json.JsonSerializer.Deserialize(reader.Line.Span, ControlJsonContext.Default.ControlRequest)!;
            Requests.Enqueue(request);
            if (RawAnswer is not null)
            {
                await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(RawAnswer), _stop.Token);
                return;
            }

            await ControlLines.WriteAsync(stream, _answer(request), _stop.Token);
            if (request.Operation != ControlOperations.Watch)
                continue;
            foreach (NotifyEvent notification in Events)
                await ControlLines.WriteAsync(stream, new ControlResponse { Ok = true, Event = notification }, _stop.Token);
            return;
        }
    }
}
