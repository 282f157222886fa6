using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.BrokerHost.Sessions;

/// <summary>
/// One product's connection: reads its frames, refuses what does not decode, and passes the rest to the engine. Reactor
/// thread only.
/// </summary>
internal sealed class ProductConnection(
    string name, int pid, BrokerSessionEndpoint endpoint, VerdictEngine engine, ContentNews contents, byte[] frame, TimeProvider time) : IDisposable
{
    private const int FramesPerTurn = 256;
    private const int MostRefusedPerSecond = 1_000;
    private readonly Utf8Interning _texts = new();
    private long _refusedSince;
    private int _refused;

    /// <summary>The session as the engine knows it.</summary>
    public ProductSession Session { get; } = new(name, pid, new ProductTransport(endpoint));

    /// <summary>The shared memory and descriptors.</summary>
    public BrokerSessionEndpoint Endpoint => endpoint;

    /// <summary>True when the product sent so much that had to be refused that its session must end.</summary>
    public bool IsFlooding { get; private set; }

    /// <summary>Reads what the product wrote, at most so much that others get their turn. False when the session is broken.</summary>
    public bool ReadFrames()
    {
        for (int i = 0; i < FramesPerTurn; i++)
        {
            switch (endpoint.TryReadReply(frame, out int length))
            {
                case RingReadStatus.Empty:
                    return true;
                case RingReadStatus.Broken:
                    engine.Poll.RefuseFrame(Session);
                    return false;
                default:
                    // Only the reactor counts these, so a difference means this frame. Late replies do not count: a product
                    // that was stuck may send many of them at once.
                    long unknown = engine.Counters.Of(VerdictFailure.UnknownReply);
                    if (Take(frame.AsSpan(0, length)) != FrameFault.None)
                    {
                        engine.Poll.RefuseFrame(Session);
                        CountRefused();
                    }
                    else if (engine.Counters.Of(VerdictFailure.UnknownReply) != unknown)
                    {
                        CountRefused();
                    }
                    if (IsFlooding) return false;
                    break;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => endpoint.Dispose();

    private void CountRefused()
    {
        if (_refused == 0 || time.GetElapsedTime(_refusedSince) > TimeSpan.FromSeconds(1)) (_refused, _refusedSince) = (0, time.GetTimestamp());
        IsFlooding = ++_refused > MostRefusedPerSecond;
    }

    private FrameFault Take(ReadOnlySpan<byte> bytes)
    {
        var fault = FrameHeader.TryRead(bytes, out var header);
        if (fault != FrameFault.None) return fault;
        switch (header.Type)
        {
            case FrameType.Reply:
                fault = ReplyCodec.TryDecode(bytes, _texts, out var reply);
                if (fault == FrameFault.None) engine.Poll.TakeReply(Session, reply);
                return fault;
            case FrameType.Subscribe:
                fault = SubscribeCodec.TryDecode(bytes, _texts, out var request);
                if (fault == FrameFault.None) Session.Subscribe(request!);
                return fault;
            case FrameType.Health:
                fault = HealthCodec.TryDecode(bytes, _texts, out var health, out string message);
                if (fault == FrameFault.None) Session.Health = message.Length == 0 ? Word(health) : $"{Word(health)}: {message}";
                return fault;
            case FrameType.ContentLoaded:
                fault = ContentLoadedCodec.TryDecode(bytes, _texts, out var content);
                if (fault == FrameFault.None && Session.TakeContent(content!) && !contents.Add(Session)) fault = FrameFault.BadValue;
                return fault;
            default:
                return FrameFault.UnexpectedType;
        }
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
