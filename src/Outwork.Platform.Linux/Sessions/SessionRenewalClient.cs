using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>The product's end of the socket over which the warden passes the next session when the broker has gone. One thread.</summary>
public sealed class SessionRenewalClient : IDisposable
{
    private readonly SafeFileHandle _socket;

    private SessionRenewalClient(SafeFileHandle socket) => _socket = socket;

    /// <summary>Says to the warden that this process can go on with a new session; null when the warden gives none.</summary>
    public static SessionRenewalClient? FromEnvironment()
    {
        using SafeFileHandle? offer = InheritedDescriptors.Take(SessionRenewal.OfferVariable);
        if (offer is null || InheritedDescriptors.Take(SessionRenewal.Variable) is not { } socket)
            return null;
        Span<byte> message = stackalloc byte[SessionRenewal.MessageLength];
        SessionRenewal.Write(message);
        // A warden that is gone shows itself at the wait.
        _ = StandardStreams.TryWrite(offer, message);
        return new SessionRenewalClient(socket);
    }

    /// <summary>
    /// Waits for the next session: its socket, and whatever else this process was started with. Null when there will be none,
    /// because the warden is gone or <see cref="Close"/> was called. Blocks.
    /// </summary>
    /// <param name="descriptors">How many come with each session; 1 or 2.</param>
    public SafeFileHandle[]? Wait(int descriptors = 1)
    {
        Span<byte> message = stackalloc byte[SessionRenewal.MessageLength];
        Span<int> numbers = stackalloc int[2];
        SafeFileHandle[]? latest = null;
        // A broker may have come and gone meanwhile: the last session is the one that may live.
        for (bool wait = true; ; wait = latest is null)
        {
            int received = DescriptorMessage.Receive(_socket, message, numbers[..descriptors], wait);
            if (received <= 0)
                return latest;
            SafeFileHandle[] handles = [.. Handles(numbers[..descriptors])];
            if (handles.Length == descriptors && SessionRenewal.IsMessage(message[..received]))
                (handles, latest) = (latest ?? [], handles);
            foreach (SafeFileHandle unused in handles)
                unused.Dispose();
        }
    }

    /// <summary>Makes <see cref="Wait"/> return. Any thread.</summary>
    public void Close() => _ = Interop.shutdown(_socket, Interop.SHUT_RDWR);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static List<SafeFileHandle> Handles(ReadOnlySpan<int> numbers)
    {
        List<SafeFileHandle> handles = [];
        foreach (int number in numbers)
        {
            if (number >= 0)
                handles.Add(new SafeFileHandle(number, ownsHandle: true));
        }

        return handles;
    }
}
