using System.Net.Sockets;
using System.Text.Json;
using Outwork.Agent.Control;
using Outwork.Agent.Policy;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Tests.Support;

/// <summary>A control server on a real socket, with a fake broker behind it.</summary>
internal sealed class ControlFixture : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private readonly RunningLink _link;
    private readonly PolicyApplication _policies;
    private readonly ControlServer _server;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _running;

    public ControlFixture(ControlServerOptions? options = null, Func<uint?>? group = null)
    {
        options ??= new ControlServerOptions();
        _link = new RunningLink(Broker);
        _policies = new PolicyApplication(new PolicyStore(_directory.Path), _link.Link, Policies.Read, Counters, static _ => { }, TimeProvider.System);
        Watchers = new WatchHub(options, Counters, TimeProvider.System);
        var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        listener.Listen(64);
        File.SetUnixFileMode(_directory.Path, (UnixFileMode)0b111_101_101);
        File.SetUnixFileMode(SocketPath, (UnixFileMode)0b110_110_110);
        _server = new ControlServer(
            listener, new PeerAuthorization(group ?? (static () => null)), new ControlRequests(_link.Link, _policies, Counters), Watchers, options, Counters);
        _running = _server.RunAsync(_stopping.Token);
    }

    public FakeBroker Broker { get; } = new();

    public AgentCounters Counters { get; } = new();

    public WatchHub Watchers { get; }

    public string SocketPath => _directory["control.sock"];

    public async Task<Peer> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath));
        return new Peer(socket);
    }

    public async Task<ControlResponse> AskAsync(ControlRequest request)
    {
        using Peer peer = await ConnectAsync();
        await peer.SendAsync(request);
        return (await peer.ReceiveAsync())!;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _server.Dispose();
        _policies.Dispose();
        await _link.DisposeAsync();
        await Broker.DisposeAsync();
        _stopping.Dispose();
        _directory.Dispose();
    }

    /// <summary>One connection.</summary>
    internal sealed class Peer(Socket socket) : IDisposable
    {
        private readonly NetworkStream _stream = new(socket, ownsSocket: true);
        private StreamReader? _reader;

        public NetworkStream Stream => _stream;

        public Task SendAsync(ControlRequest request) =>
            SendAsync(JsonSerializer.Serialize(request, ControlJsonContext.Default.ControlRequest));

        public async Task SendAsync(string line) => await _stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(line + "\n"));

        /// <summary>Null when the agent hung up.</summary>
        public async Task<ControlResponse?> ReceiveAsync()
        {
            _reader ??= new StreamReader(_stream);
            string? line = await _reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
            return line is null ? null : JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlResponse);
        }

        public void Dispose() => _stream.Dispose();
    }
}
