using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// The warden's end of the socket over which a product that outlives its broker gets its next session. A product that never said
/// on it that it can do so is started anew instead. Never blocks. One thread.
/// </summary>
public sealed class SessionRenewal(SafeFileHandle socket) : IDisposable
{
    /// <summary>Names the product's inherited end.</summary>
    public const string Variable = "OUTWORK_RENEWAL_FD";

    /// <summary>Length of each message: u32 magic, u32 version.</summary>
    public const int MessageLength = 8;

    private const uint Magic = 0x314E574F, Version = 1;
    private bool _isOffered;

    /// <summary>True once the product has said that it can go on with a new session.</summary>
    public bool IsOffered
    {
        get
        {
            Span<byte> message = stackalloc byte[MessageLength];
            while (!_isOffered && DescriptorMessage.Receive(socket, message, [], wait: false) is var length && length > 0)
                _isOffered = IsMessage(message[..length]);
            return _isOffered;
        }
    }

    /// <summary>Gives the product (or the agent, with its control stream) its end of a new session; the caller keeps its own. False when it is gone, or takes nothing.</summary>
    public bool Send(SafeHandle session, SafeHandle? control = null)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        Write(message);
        int number = (int)session.DangerousGetHandle();
        ReadOnlySpan<int> descriptors = control is null ? [number] : [number, (int)control.DangerousGetHandle()];
        return DescriptorMessage.Send(socket, message, descriptors) == 0;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();

    internal static void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(message[4..], Version);
    }

    internal static bool IsMessage(ReadOnlySpan<byte> message) =>
        message.Length == MessageLength && BinaryPrimitives.ReadUInt32LittleEndian(message) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(message[4..]) == Version;
}
