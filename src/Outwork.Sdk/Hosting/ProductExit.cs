namespace Outwork.Sdk.Hosting;

/// <summary>Exit codes of a product's process.</summary>
internal enum ProductExit
{
    /// <summary>The broker closed the session in order.</summary>
    Closed = 0,

    /// <summary>It was not started by Outwork, or could not connect.</summary>
    NotConnected = 2,

    /// <summary>The broker went away.</summary>
    BrokerLost = 3,

    /// <summary>The broker ended the session because this product broke the protocol.</summary>
    ProtocolViolation = 4,
}
