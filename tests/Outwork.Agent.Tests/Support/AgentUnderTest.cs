using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Linux.Supervision;
using Outwork.Platform.Processes;

namespace Outwork.Agent.Tests.Support;

/// <summary>
/// The real outwork-agent in a process of its own; the test is its warden and its broker. OUTWORK_BIN names the folder of another
/// build to measure, e.g. artifacts/bin.
/// </summary>
internal sealed class AgentUnderTest : IAsyncDisposable
{
    private readonly TempDirectory _directory = new();
    private BrokerSessionEndpoint _session;
    private readonly SessionRenewal? _renewal;
    private readonly LaunchedProcess _process;

    // Kept as the warden keeps it; disposing it would remove the socket's file.
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly byte[] _frame = new byte[FrameLimits.MaxEventFrame];

    public AgentUnderTest(string policy = "version: 1\n", params (string Name, string Value)[] environment)
        : this(policy, outlivesBroker: false, environment)
    {
    }

    public AgentUnderTest(string policy, bool outlivesBroker, params (string Name, string Value)[] environment)
    {
        _renewal = SessionRenewal.Create(out SafeFileHandle renewalEnd, out SafeFileHandle offerEnd);
        Directory.CreateDirectory(_directory["state"]);
        File.WriteAllText(_directory["policy.yaml"], policy);
        SocketPair session = SocketPair.CreateOneWayPackets();
        _listener.Bind(new UnixDomainSocketEndPoint(_directory["control.sock"]));
        _listener.Listen(64);
        LaunchResult launched = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = Path.Join(Environment.GetEnvironmentVariable("OUTWORK_BIN") ?? AppContext.BaseDirectory, "outwork-agent"),
            Arguments = ["--state", _directory["state"], "--export", _directory["export"], "--policy", _directory["policy.yaml"]],
            Environment =
            [
                new("DOTNET_ROOT", CurrentProcess.RuntimeDirectory),
                // As the warden sets them: they bound the memory that the test measures.
                new("DOTNET_GCgen0size", "400000"),
                new("DOTNET_TieredPGO", "0"),
                new("OUTWORK_SESSION_FD", "3"),
                new("OUTWORK_CONTROL_FD", "4"),
                new("OUTWORK_LISTEN_FD", "5"),
                new("OUTWORK_POLICY_SOURCE", "/etc/outwork/policy.yaml"),
                .. outlivesBroker ? [new KeyValuePair<string, string>(SessionRenewal.Variable, "6"), new(SessionRenewal.OfferVariable, "7")] : Array.Empty<KeyValuePair<string, string>>(),
                .. environment.Select(variable => new KeyValuePair<string, string>(variable.Name, variable.Value)),
            ],
            Descriptors = [new(session.Second, 3), new(Broker.AgentEnd, 4), new(_listener.SafeHandle, 5), new(renewalEnd, 6), new(offerEnd, 7)],
        });
        _process = launched.Process ?? throw new InvalidOperationException(launched.Refusal);
        session.Second.Dispose();
        renewalEnd.Dispose();
        offerEnd.Dispose();
        Broker.AgentEnd.Dispose();
        Assert.True(BrokerSessionEndpoint.TryCreate(
            session.First, new BrokerSessionOptions { EventsCapacity = 8 * 1024 * 1024 }, TimeProvider.System, out BrokerSessionEndpoint? endpoint));
        _session = endpoint!;
    }

    public FakeBroker Broker { get; private set; } = new();

    /// <summary>True once the agent has said that it can go on with another broker.</summary>
    public bool OutlivesBroker
    {
        get
        {
            _renewal!.ReadOffer();
            return _renewal.IsOffered;
        }
    }

    /// <summary>The broker dies, and another one takes its place.</summary>
    public async Task ReplaceBrokerAsync()
    {
        EndSession();
        await Broker.DisposeAsync();
        Broker = new FakeBroker();
        SocketPair session = SocketPair.CreateSequencedPackets();
        using (session.Second)
        using (Broker.AgentEnd)
            Assert.True(_renewal!.Send(session.Second, Broker.AgentEnd));
        Assert.True(BrokerSessionEndpoint.TryCreate(
            session.First, new BrokerSessionOptions { EventsCapacity = 8 * 1024 * 1024 }, TimeProvider.System, out BrokerSessionEndpoint? endpoint));
        _session = endpoint!;
    }

    public int ProcessId => _process.ProcessId;

    public string StateFile(string name) => Path.Join(_directory["state"], name);

    public string[] Exported => [.. Lines(ExportFile), .. Lines(_directory["export/outwork-processes.jsonl"])];

    public string ExportFile => Path.Join(_directory["export"], "outwork.jsonl");

    /// <summary>Waits until the agent has subscribed, and gives what it wants to be told of.</summary>
    public async Task<SubscribeRequest> SubscribedAsync()
    {
        SubscribeRequest? request = null;
        byte[] frame = new byte[FrameLimits.MaxReplyFrame];
        await Eventually.HoldsAsync(() =>
            _session.TryReadReply(frame, out int length) == RingReadStatus.Frame
            && SubscribeCodec.TryDecode(frame.AsSpan(0, length), new Utf8Interning(), out request) == FrameFault.None);
        return request!;
    }

    public bool Tell(NotifyEvent notification)
    {
        int length = NotifyCodec.Encode(_frame, notification, MonotonicClock.Nanoseconds(TimeProvider.System));
        return _session.Deliver(_frame.AsSpan(0, length));
    }

    public void TellGarbage()
    {
        int length = NotifyCodec.Encode(_frame, SampleEvents.Fork(), 1);
        // The first field claims to be longer than the frame.
        _frame.AsSpan(104 + 2, 2).Fill(0xff);
        _session.TryWriteEvent(_frame.AsSpan(0, length));
    }

    public void Wake() => _session.WakeIfSleeping();

    public void EndSession()
    {
        if (!_session.Socket.IsClosed)
            _session.Dispose();
    }

    public async Task<ControlResponse> AskAsync(ControlRequest request)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(_directory["control.sock"]));
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        await ControlLines.WriteAsync(stream, request, CancellationToken.None);
        using var reader = new StreamReader(stream);
        string? line = await reader.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));
        return JsonSerializer.Deserialize(line!, ControlJsonContext.Default.ControlResponse)!;
    }

    private static string[] Lines(string path) => File.Exists(path) ? File.ReadAllLines(path) : [];

    public void Terminate() => _process.RequestEnd();

    public ProcessExit? WaitForExit(TimeSpan timeout) => _process.WaitForExit(timeout);

    /// <summary>Processor time used so far.</summary>
    public TimeSpan ProcessorTime()
    {
        string[] fields = File.ReadAllText($"/proc/{ProcessId}/stat").Split(") ")[1].Split(' ');
        // utime and stime, in ticks of 10 ms (proc(5)).
        return TimeSpan.FromMilliseconds(10 * (long.Parse(fields[11]) + long.Parse(fields[12])));
    }

    public long ResidentKilobytes() => long.Parse(
        File.ReadLines($"/proc/{ProcessId}/status").First(line => line.StartsWith("VmRSS", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]);

    /// <summary>What the resident memory consists of.</summary>
    public string Memory() => string.Join(", ", File.ReadLines($"/proc/{ProcessId}/status")
        .Where(line => line.StartsWith("Rss", StringComparison.Ordinal))
        .Select(line => line.Replace("\t", "").Replace("  ", "")));

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        _process.WaitForExit(TimeSpan.FromSeconds(10));
        _process.Dispose();
        EndSession();
        _renewal?.Dispose();
        _listener.Dispose();
        await Broker.DisposeAsync();
        _directory.Dispose();
    }
}
