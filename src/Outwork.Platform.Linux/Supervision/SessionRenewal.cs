using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// The warden's end of the socket over which a product that outlives its broker gets its next session, and of the pipe on which the
/// product offers to take one. The product can send nothing on the socket, and a pipe carries no descriptors: the warden never
/// closes what a product opened. Never blocks. One thread.
/// </summary>
public sealed class SessionRenewal : IDisposable
{
    /// <summary>Names the product's inherited end of the socket.</summary>
    public const string Variable = "OUTWORK_RENEWAL_FD";

    /// <summary>Names the product's inherited end of the pipe.</summary>
    public const string OfferVariable = "OUTWORK_RENEWAL_OFFER_FD";

    /// <summary>Length of each message: u32 magic, u32 version.</summary>
    public const int MessageLength = 8;

    private const uint Magic = 0x314E574F, Version = 1;
    private readonly SafeFileHandle _socket;
    private readonly SafeFileHandle _offer;

    private SessionRenewal(SafeFileHandle socket, SafeFileHandle offer) => (_socket, _offer) = (socket, offer);

    /// <summary>True once the product has said that it can go on with a new session.</summary>
    public bool IsOffered { get; private set; }

    /// <summary>Readable when <see cref="ReadOffer"/> has something to read; null once it is known whether the product offers.</summary>
    public SafeHandle? OfferHandle => _offer.IsClosed ? null : _offer;

    /// <summary>Makes both; the product inherits the other ends, which the caller disposes then.</summary>
    public static SessionRenewal Create(out SafeFileHandle socket, out SafeFileHandle offer)
    {
        SocketPair pair = SocketPair.CreateOneWayPackets();
        LogPipe pipe = LogPipe.Create();
        (socket, offer) = (pair.Second, pipe.Writer);
        return new SessionRenewal(pair.First, pipe.Reader);
    }

    /// <summary>Reads the offer if it is there. What the product writes first is it or is none, for good.</summary>
    public void ReadOffer()
    {
        if (_offer.IsClosed)
            return;
        Span<byte> message = stackalloc byte[MessageLength];
        int length = LogPipe.Read(_offer, message, out bool ended);
        IsOffered = IsMessage(message[..length]);
        if (length > 0 || ended)
            _offer.Dispose();
    }

    /// <summary>Gives the product (or the agent, with its control stream) its end of a new session; the caller keeps its own. False when it is gone, or takes nothing.</summary>
    public bool Send(SafeHandle session, SafeHandle? control = null)
    {
        Span<byte> message = stackalloc byte[MessageLength];
        Write(message);
        int number = (int)session.DangerousGetHandle();
        ReadOnlySpan<int> descriptors = control is null ? [number] : [number, (int)control.DangerousGetHandle()];
        return DescriptorMessage.Send(_socket, message, descriptors) == 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _offer.Dispose();
    }

    internal static void Write(Span<byte> message)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(message, Magic);
        BinaryPrimitives.WriteUInt32LittleEndian(message[4..], Version);
    }

    internal static bool IsMessage(ReadOnlySpan<byte> message) =>
        message.Length == MessageLength && BinaryPrimitives.ReadUInt32LittleEndian(message) == Magic
        && BinaryPrimitives.ReadUInt32LittleEndian(message[4..]) == Version;
}
