using System.Net.Sockets;
using Outwork.Agent.Broker;
using Outwork.Agent.Recording;
using Outwork.Agent.Tests.Support;
using Outwork.Agent.Updates;
using Outwork.Content.Trials;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.LocalSockets;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Agent.Tests.Updates;

public sealed class TrialClientTests : IDisposable, IBrokerLink
{
    private static readonly TrialMessage Request = new() { Type = TrialTypes.Trial, Product = "guard", Slot = "b" };

    private readonly NetworkStream _peer;
    private readonly TrialClient _client;
    private readonly QuestionRing _ring = new("guard", 10, 100_000);

    public TrialClientTests()
    {
        SocketPair pair = SocketPair.CreateStream();
        _peer = new NetworkStream(InheritedSockets.Own(pair.First), ownsSocket: true);
        _client = new TrialClient(new NetworkStream(InheritedSockets.Own(pair.Second), ownsSocket: true), this, TimeProvider.System);
        _ring.Add(new RecordedQuestion { Kind = EventKind.Exec, Path = "/usr/bin/tool", Verdict = Verdict.Allow });
    }

    public void Dispose()
    {
        _client.Dispose();
        _peer.Dispose();
    }

    [Fact]
    public async Task Trial_is_sent_whole_with_its_recording_and_then_what_happens()
    {
        Task<TrialReport> trial = _client.TryAsync(Request, _ring, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(_peer, leaveOpen: true);
        Assert.Equal("", await reader.ReadLineAsync(TestContext.Current.CancellationToken));
        TrialMessage asked = await ReadAsync(reader);
        Assert.Equal(["trial", "question", "replay"], [asked.Type, (await ReadAsync(reader)).Type, (await ReadAsync(reader)).Type]);
        Assert.Equal(4711, asked.ProcessInForce);
        _ring.Added!(new RecordedQuestion { Kind = EventKind.Exec, Path = "/usr/bin/new", Verdict = Verdict.Allow });
        TrialMessage live = await ReadAsync(reader);
        Assert.Equal(("live", "/usr/bin/new"), (live.Type, live.Question!.Path));
        await SendAsync(new TrialReport { Type = TrialTypes.Progress, Id = asked.Id, Asked = 3 });
        await SendAsync(new TrialReport { Type = TrialTypes.Result, Id = asked.Id, Refusal = TrialRefusal.Crashed, Asked = 4 });
        TrialReport result = await trial;
        Assert.Equal((TrialRefusal.Crashed, 4), (result.Refusal, result.Asked));
        Assert.Null(_ring.Added);
    }

    [Fact]
    public async Task Peer_that_hangs_up_is_no_blame_of_the_content()
    {
        Task<TrialReport> trial = _client.TryAsync(Request, _ring, TestContext.Current.CancellationToken);
        await _peer.DisposeAsync();
        TrialReport result = await trial;
        Assert.Equal(TrialRefusal.Abandoned, result.Refusal);
        Assert.False(TrialRefusals.BlamesContent(result.Refusal));
    }

    [Fact]
    public async Task Peer_that_does_not_read_holds_up_neither_the_result_nor_the_end()
    {
        var large = new QuestionRing("guard", 20_000, 100_000_000);
        for (ulong i = 0; i < 20_000; i++)
            large.Add(new RecordedQuestion { Kind = EventKind.Exec, Path = "/usr/bin/tool", Inode = i, Verdict = Verdict.Allow });
        Task<TrialReport> trial = _client.TryAsync(Request, large, TestContext.Current.CancellationToken);
        TrialMessage asked = await ReadRequestAsync();
        await SendAsync(new TrialReport { Type = TrialTypes.Result, Id = asked.Id, Refusal = TrialRefusal.Crashed });
        TrialReport result = await trial.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(TrialRefusal.Crashed, result.Refusal);
    }

    [Fact]
    public async Task Rubbish_between_the_lines_is_passed_over_and_a_line_without_end_is_not_read_for_ever()
    {
        Task<TrialReport> trial = _client.TryAsync(Request, _ring, TestContext.Current.CancellationToken);
        await _peer.WriteAsync("not json\n{\"type\":5}\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await _peer.WriteAsync(new byte[TrialReport.LongestLine + 2], TestContext.Current.CancellationToken);
        TrialReport result = await trial;
        Assert.Equal(TrialRefusal.Abandoned, result.Refusal);
        Assert.Contains("too long", result.What, StringComparison.Ordinal);

        // And the next trial has its result all the same.
        Task<TrialReport> next = _client.TryAsync(Request, _ring, TestContext.Current.CancellationToken);
        ulong first = (await ReadRequestAsync()).Id;
        ulong second = (await ReadRequestAsync()).Id;
        Assert.NotEqual(first, second);
        await _peer.WriteAsync(new byte[TrialReport.LongestLine], TestContext.Current.CancellationToken);
        await _peer.WriteAsync("\n"u8.ToArray(), TestContext.Current.CancellationToken);
        await SendAsync(new TrialReport { Type = TrialTypes.Result, Id = second, Refusal = TrialRefusal.None, Asked = 9 });
        Assert.Equal((TrialRefusal.None, 9), ((await next).Refusal, (await next).Asked));
    }

    [Fact]
    public async Task Result_of_another_products_trial_is_not_taken()
    {
        using var trials = new OneTrialAtATime(_client);
        using var given = new CancellationTokenSource();
        Task<TrialReport> abandoned = trials.TryAsync(Request with { Product = "other" }, _ring, given.Token);
        ulong first = (await ReadRequestAsync()).Id;
        Task<TrialReport> trial = trials.TryAsync(Request, _ring, TestContext.Current.CancellationToken);
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => abandoned);
        TrialMessage asked = await ReadRequestAsync();
        Assert.Equal("guard", asked.Product);

        await SendAsync(new TrialReport { Type = TrialTypes.Result, Id = first, Refusal = TrialRefusal.None, Asked = 12_000 });
        await SendAsync(new TrialReport { Type = TrialTypes.Result, Id = asked.Id, Refusal = TrialRefusal.Crashed });
        Assert.Equal(TrialRefusal.Crashed, (await trial).Refusal);
    }

    public Task<ControlResponse> SendAsync(ControlRequest request, CancellationToken cancellation)
    {
        StatusSnapshot status = UpdatesUnderTest.StatusOf(pid: 4711, generation: 1);
        return Task.FromResult(new ControlResponse { Ok = true, Status = status with { Products = [status.Products[0] with { Answered = 1_000 }] } });
    }

    // Byte by byte: what comes behind it stays where it is.
    private async Task<TrialMessage> ReadRequestAsync()
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (true)
        {
            await _peer.ReadExactlyAsync(one, TestContext.Current.CancellationToken);
            if (one[0] != (byte)'\n')
                line.Add(one[0]);
            else if (TrialMessage.Read([.. line]) is { Type: TrialTypes.Trial } trial)
                return trial;
            else
                line.Clear();
        }
    }

    private static async Task<TrialMessage> ReadAsync(StreamReader reader) =>
        TrialMessage.Read(System.Text.Encoding.UTF8.GetBytes((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!))!;

    private async Task SendAsync(TrialReport report) => await _peer.WriteAsync(report.ToLine(), TestContext.Current.CancellationToken);
}
