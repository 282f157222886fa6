namespace Outwork.Platform.Linux.Sessions;

/// <summary>What became of a descriptor that was to be passed.</summary>
public enum DescriptorSendResult
{
    /// <summary>It is in the socket.</summary>
    Sent = 0,

    /// <summary>The socket is full, or too many descriptors are under way: the product does not keep up.</summary>
    QueueFull = 1,

    /// <summary>The product is gone.</summary>
    Disconnected = 2,
}
