using System.Net.Sockets;
using System.Threading.Channels;
using Outwork.Agent.Broker;
using Outwork.Agent.Recording;
using Outwork.Content.Trials;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Updates;

/// <summary>Asks for trials over the stream behind which the warden starts the process that makes them. One at a time.</summary>
internal interface ITrialClient
{
    /// <summary>Has staged content tried. Silence, and a stream that ended, are results too; they do not blame the content.</summary>
    /// <param name="request">The first line.</param>
    /// <param name="recording">What is asked first, and then as it happens.</param>
    /// <param name="cancellation">Ends it.</param>
    Task<TrialReport> TryAsync(TrialMessage request, QuestionRing recording, CancellationToken cancellation);
}

/// <inheritdoc cref="ITrialClient"/>
/// <param name="stream">The stream; owned.</param>
/// <param name="broker">Knows the instance in force.</param>
/// <param name="time">Clock of the silence.</param>
internal sealed class TrialClient(Stream stream, IBrokerLink broker, TimeProvider time) : ITrialClient, IDisposable
{
    // A process that has judged little is smaller than the second one will be.
    private const int Judged = 1_000;

    private const int MostLiveWaiting = 256;

    // The process is started first.
    private static readonly TimeSpan FirstLine = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(10);

    private readonly ControlLineReader _reader = new(stream, TrialReport.LongestLine);

    // Another one after each start, so that what an agent before this one asked for is nobody's.
    private ulong _lastId = (ulong)Random.Shared.NextInt64();

    /// <inheritdoc/>
    public async Task<TrialReport> TryAsync(TrialMessage request, QuestionRing recording, CancellationToken cancellation)
    {
        var live = Channel.CreateBounded<RecordedQuestion>(
            new BoundedChannelOptions(MostLiveWaiting) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true, SingleWriter = true });
        request = request with { Id = ++_lastId, ProcessInForce = await InForceAsync(request.Product, cancellation) };
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        recording.Added = question => live.Writer.TryWrite(question);
        Task sending = SendAsync(request, recording, live.Reader, ended.Token);
        try
        {
            return await ReceiveAsync(request.Id, cancellation);
        }
        catch (Exception lost) when (lost is IOException or SocketException)
        {
            return Failed(request.Id, $"the process that tries content could not be reached: {lost.Message}");
        }
        finally
        {
            recording.Added = null;
            await ended.CancelAsync();
            await sending;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _reader.Dispose();
        stream.Dispose();
    }

    private static TrialReport Failed(ulong id, string why) => new()
    {
        Type = TrialTypes.Result,
        Id = id,
        Refusal = TrialRefusal.Abandoned,
        Code = TrialRefusals.CodeOf(TrialRefusal.Abandoned),
        What = $"The trial was broken off: {why}.",
        Remedy = TrialRefusals.RemedyOf(TrialRefusal.Abandoned),
    };

    // 0 while it is not known: the second instance is measured by itself then.
    private async Task<int> InForceAsync(string? product, CancellationToken cancellation)
    {
        ControlResponse response = await broker.SendAsync(new ControlRequest { Operation = ControlOperations.Status }, cancellation);
        return response.Status?.Products.FirstOrDefault(status => status.Name == product) is { Answered: >= Judged } known ? known.Pid : 0;
    }

    private async Task<TrialReport> ReceiveAsync(ulong id, CancellationToken cancellation)
    {
        TimeSpan patience = FirstLine;
        long heard = time.GetTimestamp();
        while (true)
        {
            TimeSpan left = patience - time.GetElapsedTime(heard);
            using var silence = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
            ControlLineStatus status;
            try
            {
                status = await _reader.ReadAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                return Failed(id, $"it was silent for {patience.TotalSeconds:0} s");
            }

            if (status == ControlLineStatus.TooLong)
                _reader.SkipLine();
            if (status != ControlLineStatus.Line)
                return Failed(id, status == ControlLineStatus.Ended ? "the stream to it ended" : "it sent a line that is too long");
            if (TrialReport.Read(_reader.Line.Span) is not { } report || report.Id != id)
                continue;
            if (report.Type == TrialTypes.Result)
                return report;
            patience = Silence;
            heard = time.GetTimestamp();
        }
    }

    // What cannot be sent shows in the silence that follows.
    private async Task SendAsync(TrialMessage request, QuestionRing recording, ChannelReader<RecordedQuestion> live, CancellationToken cancellation)
    {
        try
        {
            // Nobody may be reading: each write ends with the trial. Half a line that an earlier one left ends here.
            await stream.WriteAsync("\n"u8.ToArray(), cancellation);
            await stream.WriteAsync(request.ToLine(), cancellation);
            foreach (RecordedQuestion question in recording.ToArray())
                await stream.WriteAsync(new TrialMessage { Type = TrialTypes.Question, Question = question }.ToLine(), cancellation);
            await stream.WriteAsync(new TrialMessage { Type = TrialTypes.Replay }.ToLine(), cancellation);
            await foreach (RecordedQuestion question in live.ReadAllAsync(cancellation))
                await stream.WriteAsync(new TrialMessage { Type = TrialTypes.Live, Question = question }.ToLine(), cancellation);
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The reader says what it comes to.
        }
    }
}
