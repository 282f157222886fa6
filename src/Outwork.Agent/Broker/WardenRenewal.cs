using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Outwork.Agent.Events;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Agent.Broker;

/// <summary>The connections with the next broker, as the warden passes them.</summary>
/// <param name="renewal">The socket with the warden; owned by this object.</param>
/// <param name="openFeed">Connects to a broker's events over the session's socket.</param>
internal sealed class WardenRenewal(SessionRenewalClient renewal, Func<SafeFileHandle, IEventFeed> openFeed) : IBrokerRenewal, IDisposable
{
    /// <inheritdoc/>
    public BrokerSession? Wait()
    {
        if (renewal.Wait(descriptors: 2) is not [var session, var control])
            return null;
        var socket = new Socket(new SafeSocketHandle(control.DangerousGetHandle(), ownsHandle: true));
        control.SetHandleAsInvalid();
        return new BrokerSession(new NetworkStream(socket, ownsSocket: true), () => openFeed(session));
    }

    /// <inheritdoc/>
    public void Close() => renewal.Close();

    /// <inheritdoc/>
    public void Dispose() => renewal.Dispose();
}
