namespace Outwork.Platform.Linux.Sessions;

/// <summary>What became of a question.</summary>
public enum AskResult
{
    /// <summary>It is in the ring, and the product is awake.</summary>
    Asked = 0,

    /// <summary>The ring or the descriptor queue is full.</summary>
    QueueFull = 1,

    /// <summary>The product is gone, or broke the protocol.</summary>
    Disconnected = 2,
}
