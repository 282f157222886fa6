using System.Net.Sockets;
using Outwork.Agent.Recording;
using Outwork.Agent.Updates;
using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.LocalSockets;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Agent.Tests.Updates;

public sealed class TrialClientTests : IDisposable
{
    private static readonly TrialMessage Request = new() { Type = TrialTypes.Trial, Product = "guard", Slot = "b" };

    private readonly NetworkStream _peer;
    private readonly TrialClient _client;
    private readonly QuestionRing _ring = new("guard", 10, 100_000);

    public TrialClientTests()
    {
        SocketPair pair = SocketPair.CreateStream();
        _peer = new NetworkStream(InheritedSockets.Own(pair.First), ownsSocket: true);
        _client = new TrialClient(new NetworkStream(InheritedSockets.Own(pair.Second), ownsSocket: true), TimeProvider.System);
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
        Assert.Equal(["trial", "question", "replay"], [(await ReadAsync(reader)).Type, (await ReadAsync(reader)).Type, (await ReadAsync(reader)).Type]);
        _ring.Added!(new RecordedQuestion { Kind = EventKind.Exec, Path = "/usr/bin/new", Verdict = Verdict.Allow });
        TrialMessage live = await ReadAsync(reader);
        Assert.Equal(("live", "/usr/bin/new"), (live.Type, live.Question!.Path));
        await SendAsync(new TrialReport { Type = TrialTypes.Progress, Asked = 3 });
        await SendAsync(new TrialReport { Type = TrialTypes.Result, Refusal = TrialRefusal.Crashed, Asked = 4 });
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
        await SendAsync(new TrialReport { Type = TrialTypes.Result, Refusal = TrialRefusal.Crashed });
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
    }

    private static async Task<TrialMessage> ReadAsync(StreamReader reader) =>
        TrialMessage.Read(System.Text.Encoding.UTF8.GetBytes((await reader.ReadLineAsync(TestContext.Current.CancellationToken))!))!;

    private async Task SendAsync(TrialReport report) => await _peer.WriteAsync(report.ToLine(), TestContext.Current.CancellationToken);
}
