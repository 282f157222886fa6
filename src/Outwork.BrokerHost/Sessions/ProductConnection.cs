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
    string name, int pid, BrokerSessionEndpoint endpoint, VerdictEngine engine, byte[] frame) : IDisposable
{
    private const int FramesPerTurn = 256;
    private readonly Utf8Interning _texts = new();

    /// <summary>The session as the engine knows it.</summary>
    public ProductSession Session { get; } = new(name, pid, new ProductTransport(endpoint));

    /// <summary>The shared memory and descriptors.</summary>
    public BrokerSessionEndpoint Endpoint => endpoint;

    /// <summary>Called when the product's content changed.</summary>
    public Action<ProductSession>? ContentChanged { get; set; }

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
                    engine.Counters.Count(VerdictFailure.MalformedReply);
                    return false;
                default:
                    if (Take(frame.AsSpan(0, length)) != FrameFault.None)
                    {
                        Session.Refused++;
                        engine.Counters.Count(VerdictFailure.MalformedReply);
                    }
                    break;
            }
        }
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => endpoint.Dispose();

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
                if (fault == FrameFault.None && Session.TakeContent(content!)) ContentChanged?.Invoke(Session);
                return fault;
            default:
                return FrameFault.UnexpectedType;
        }
    }

    private static string Word<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
