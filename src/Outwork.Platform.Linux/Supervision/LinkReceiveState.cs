namespace Outwork.Platform.Linux.Supervision;

/// <summary>What a non-blocking receive found.</summary>
public enum LinkReceiveState
{
    /// <summary>A message.</summary>
    Message,

    /// <summary>Nothing now.</summary>
    Empty,

    /// <summary>The other end is gone.</summary>
    Closed,

    /// <summary>Bytes that are no message: the other end is not of this build, or broken.</summary>
    Malformed,
}
