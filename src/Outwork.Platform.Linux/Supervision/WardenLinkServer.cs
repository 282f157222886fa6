using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Supervision;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>The warden's end of its link with the broker. Never blocks. One thread.</summary>
public sealed class WardenLinkServer(SafeFileHandle socket) : IDisposable
{
    private readonly byte[] _buffer = new byte[SupervisionCodec.MaxMessageBytes];
    private uint _sequence;

    /// <summary>Readable when a report waits or the broker is gone.</summary>
    public SafeHandle Handle => socket;

    /// <summary>Sends a command, with a descriptor when the command says so; the caller keeps its own.</summary>
    /// <param name="command">The command.</param>
    /// <param name="descriptor">Sent as a copy, or null.</param>
    /// <param name="sequence">What an <see cref="AcknowledgedReport"/> for it names.</param>
    /// <returns>False when the broker is gone, or has left so much unread that the socket is full: it makes no progress.</returns>
    public bool Send(BrokerCommand command, SafeHandle? descriptor, out uint sequence)
    {
        sequence = ++_sequence;
        int length = SupervisionCodec.Write(command, sequence, _buffer);
        ReadOnlySpan<int> descriptors = descriptor is null ? [] : [(int)descriptor.DangerousGetHandle()];
        int error = DescriptorMessage.Send(socket, _buffer.AsSpan(0, length), descriptors);
        return error switch
        {
            0 => true,
            Interop.EAGAIN or Interop.EPIPE or Interop.ECONNRESET or Interop.ENOTCONN => false,
            _ => throw new LinuxException("sendmsg", error),
        };
    }

    /// <summary>Takes the next report, if there is one.</summary>
    public LinkReceiveState TryReceive(out BrokerReport? report)
    {
        report = null;
        int received = DescriptorMessage.Receive(socket, _buffer, [], wait: false);
        return received switch
        {
            > 0 => SupervisionCodec.TryRead(_buffer.AsSpan(0, received), out _, out report)
                ? LinkReceiveState.Message
                : LinkReceiveState.Malformed,
            -Interop.EAGAIN => LinkReceiveState.Empty,
            0 or -Interop.ECONNRESET => LinkReceiveState.Closed,
            _ => throw new LinuxException("recvmsg", -received),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}
