using Microsoft.Win32.SafeHandles;

namespace Outwork.Sdk.Channel;

/// <summary>
/// The product's end of a session with the broker: frames both ways, and descriptors beside them. An implementation for
/// the operating system is shipped beside the SDK; see <see cref="ProductChannelProviderAttribute"/>.
/// </summary>
public interface IProductChannel : IDisposable
{
    /// <summary>Takes the next frame, without waiting. One thread at a time.</summary>
    /// <param name="buffer">At least <see cref="Contracts.Wire.FrameLimits.MaxEventFrame"/> bytes.</param>
    /// <param name="length">Bytes of the frame.</param>
    /// <param name="descriptor">The file passed beside an AuthRequest that says so; the caller disposes it. Null when it could not be received.</param>
    ReceiveStatus TryReceive(Span<byte> buffer, out int length, out SafeFileHandle? descriptor);

    /// <summary>Waits until there may be a frame, or the session is over. Any number of threads; each frame wakes one.</summary>
    void WaitForFrames();

    /// <summary>Sends a frame, without waiting. One thread at a time.</summary>
    SendStatus TrySend(ReadOnlySpan<byte> frame);

    /// <summary>Waits until the session is over: the broker has hung up, or <see cref="Close"/> was called. One thread.</summary>
    void WaitForEnd();

    /// <summary>Ends the session and wakes every thread that waits. Any thread; may be called again.</summary>
    void Close();
}

/// <summary>What <see cref="IProductChannel.TryReceive"/> found.</summary>
public enum ReceiveStatus
{
    /// <summary>Nothing yet.</summary>
    Empty = 0,

    /// <summary>One frame.</summary>
    Frame = 1,

    /// <summary>The session is over and everything was received.</summary>
    Ended = 2,
}

/// <summary>What became of a frame given to <see cref="IProductChannel.TrySend"/>.</summary>
public enum SendStatus
{
    /// <summary>The broker will read it.</summary>
    Sent = 0,

    /// <summary>The broker has not made room yet.</summary>
    Full = 1,

    /// <summary>The session is over.</summary>
    Ended = 2,
}
