using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux.LocalSockets;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Agent.Tests.Support;

/// <summary>The broker's end of the control stream: speaks the real protocol over a real socket pair.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly NetworkStream _stream;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private ulong _generation;

    public FakeBroker()
    {
        SocketPair pair = SocketPair.CreateStream();
        _stream = new NetworkStream(InheritedSockets.Own(pair.First), ownsSocket: true);
        AgentEnd = pair.Second;
        _serving = ServeAsync();
    }

    /// <summary>For the agent.</summary>
    public SafeFileHandle AgentEnd { get; }

    public NetworkStream AgentStream => new(InheritedSockets.Own(AgentEnd), ownsSocket: true);

    /// <summary>Every request, in order.</summary>
    public ConcurrentQueue<ControlRequest> Requests { get; } = new();

    /// <summary>Answers; the default accepts every policy and knows no decision.</summary>
    public Func<ControlRequest, ControlResponse>? Answer { get; set; }

    /// <summary>Waits before each answer.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public void HangUp() => _stream.Dispose();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _stream.DisposeAsync();
        await _serving;
        AgentEnd.Dispose();
        _stopping.Dispose();
    }

    public static StatusSnapshot Status() => new()
    {
        Version = "0.1.0",
        Protecting = true,
        ProtectingSinceUnixNs = 1_700_000_000_000_000_000,
        Guarded = ["/"],
        Counters = [new("auth.events", 12)],
        Products = [new() { Name = "execguard", State = "judging", Asked = 5, Answered = 4, Missed = 1 }],
        Latencies = [new("verdict", 3, 10, 90, 100, [1, 2])],
    };

    private async Task ServeAsync()
    {
        using var reader = new StreamReader(_stream, leaveOpen: true);
        try
        {
            while (await reader.ReadLineAsync(_stopping.Token) is { } line)
            {
                ControlRequest request = JsonSerializer.Deserialize(line, ControlJsonContext.Default.ControlRequest)!;
                Requests.Enqueue(request);
                if (Hold is { } hold)
                    await hold.Task.WaitAsync(_stopping.Token);
                ControlResponse response = Answer?.Invoke(request) ?? ByDefault(request);
                byte[] json = JsonSerializer.SerializeToUtf8Bytes(response, ControlJsonContext.Default.ControlResponse);
                await _stream.WriteAsync((byte[])[.. json, (byte)'\n'], _stopping.Token);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The agent hung up, or the test is over.
        }
    }

    private ControlResponse ByDefault(ControlRequest request) => request.Operation switch
    {
        "policy-apply" => new ControlResponse { Ok = true, PolicyGeneration = ++_generation },
        "status" => new ControlResponse { Ok = true, Status = Status() },
        "decisions" => new ControlResponse { Ok = true, Decisions = [] },
        _ => new ControlResponse { Ok = false, Code = "not-found", Error = "no such decision" },
    };
}
