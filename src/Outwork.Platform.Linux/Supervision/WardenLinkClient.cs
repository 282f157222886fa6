using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sessions;
using Outwork.Platform.Supervision;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>The broker's end of its link with the warden. Never blocks, so that a reactor can own it. One thread.</summary>
public sealed class WardenLinkClient(SafeFileHandle socket) : IDisposable
{
    /// <summary>Names the inherited descriptor of the link.</summary>
    public const string Variable = "OUTWORK_WARDEN_FD";

    private readonly byte[] _buffer = new byte[SupervisionCodec.MaxMessageBytes];
    private uint _sequence;

    /// <summary>Readable when a command waits or the warden is gone.</summary>
    public SafeHandle Handle => socket;

    /// <summary>Takes over the link that the warden left in the environment; null when there is none.</summary>
    public static WardenLinkClient? FromEnvironment() =>
        InheritedDescriptors.Take(Variable) is { } socket ? new WardenLinkClient(socket) : null;

    /// <summary>Takes the next command, if there is one. The caller owns the descriptor that came with it.</summary>
    public LinkReceiveState TryReceive(out ReceivedCommand received)
    {
        received = default;
        Span<int> descriptors = stackalloc int[1];
        int length = DescriptorMessage.Receive(socket, _buffer, descriptors, wait: false);
        SafeFileHandle? descriptor = descriptors[0] >= 0 ? new SafeFileHandle(descriptors[0], ownsHandle: true) : null;
        if (length > 0 && SupervisionCodec.TryRead(_buffer.AsSpan(0, length), out uint sequence, out BrokerCommand? command))
        {
            received = new ReceivedCommand(command!, sequence, descriptor);
            return LinkReceiveState.Message;
        }

        descriptor?.Dispose();
        return length switch
        {
            > 0 => LinkReceiveState.Malformed,
            -Interop.EAGAIN => LinkReceiveState.Empty,
            0 or -Interop.ECONNRESET => LinkReceiveState.Closed,
            _ => throw new LinuxException("recvmsg", -length),
        };
    }

    /// <summary>Sends a report; false when the warden is gone or reads nothing.</summary>
    public bool Send(BrokerReport report)
    {
        int length = SupervisionCodec.Write(report, ++_sequence, _buffer);
        return DescriptorMessage.Send(socket, _buffer.AsSpan(0, length), []) == 0;
    }

    /// <inheritdoc/>
    public void Dispose() => socket.Dispose();
}

/// <summary>A command as it was received.</summary>
/// <param name="Command">The command.</param>
/// <param name="Sequence">What an <see cref="AcknowledgedReport"/> for it names.</param>
/// <param name="Descriptor">What came with it: a process (pidfd) or a socket, or null.</param>
public readonly record struct ReceivedCommand(BrokerCommand Command, uint Sequence, SafeFileHandle? Descriptor);
