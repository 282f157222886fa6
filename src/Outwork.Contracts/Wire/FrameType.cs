namespace Outwork.Contracts.Wire;

/// <summary>What a frame says. The values are frozen; docs/protocol.md has the bytes of each.</summary>
public enum FrameType : ushort
{
    /// <summary>Never written: what zeroed memory would say.</summary>
    None = 0,

    /// <summary>Broker to product: may this happen?</summary>
    AuthRequest = 1,

    /// <summary>Broker to product: it happened.</summary>
    Notify = 2,

    /// <summary>Broker to product: events were lost here.</summary>
    Gap = 3,

    /// <summary>Broker to product: the session ends.</summary>
    Closing = 4,

    /// <summary>Product to broker: what it wants to be asked and told. Its first frame.</summary>
    Subscribe = 16,

    /// <summary>Product to broker: the answer to one AuthRequest.</summary>
    Reply = 17,

    /// <summary>Product to broker: how it is.</summary>
    Health = 18,

    /// <summary>Product to broker: new content is in force.</summary>
    ContentLoaded = 19,

    /// <summary>Both ways: fills the ring up to its end. Consumed by the ring's reader, never delivered.</summary>
    Pad = 0xFFFF,
}
