using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>The product's end of the socket over which the warden passes the next session when the broker has gone. One thread.</summary>
public sealed class SessionRenewalClient : IDisposable
{
    private readonly SafeFileHandle _socket;

    /// <summary>Says to the warden that this product can go on with a new session.</summary>
    /// <param name="socket">Connected SOCK_SEQPACKET; owned by this object.</param>
    public SessionRenewalClient(SafeFileHandle socket)
    {
        _socket = socket;
        Span<byte> message = stackalloc byte[SessionRenewal.MessageLength];
        SessionRenewal.Write(message);
        // A warden that is gone shows itself at the wait.
        _ = DescriptorMessage.Send(socket, message, []);
    }

    /// <summary>Waits for the next session's socket; null when there will be none, because the warden is gone. Blocks.</summary>
    public SafeFileHandle? Wait()
    {
        Span<byte> message = stackalloc byte[SessionRenewal.MessageLength];
        Span<int> number = stackalloc int[1];
        SafeFileHandle? latest = null;
        // A broker may have come and gone meanwhile: the last session is the one that may live.
        for (bool wait = true; ; wait = false)
        {
            int received = DescriptorMessage.Receive(_socket, message, number, wait);
            if (received <= 0)
                return latest;
            if (number[0] < 0)
                continue;
            latest?.Dispose();
            latest = new SafeFileHandle(number[0], ownsHandle: true);
            if (SessionRenewal.IsMessage(message[..received]))
                continue;
            latest.Dispose();
            latest = null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
