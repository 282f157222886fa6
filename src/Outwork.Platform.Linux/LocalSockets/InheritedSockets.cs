using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Supervision;

namespace Outwork.Platform.Linux.LocalSockets;

/// <summary>Sockets that a process was started with, named by environment variables.</summary>
public static class InheritedSockets
{
    /// <summary>Takes over the socket that <paramref name="variable"/> names; null when there is none. Call once for each.</summary>
    /// <exception cref="SocketException">The descriptor is not a socket.</exception>
    public static Socket? Take(string variable)
    {
        SafeFileHandle? descriptor = InheritedDescriptors.Take(variable);
        return descriptor is null ? null : Own(descriptor);
    }

    /// <summary>Takes over a socket's descriptor; the handle given is of no use afterwards.</summary>
    public static Socket Own(SafeFileHandle descriptor)
    {
        var handle = new SafeSocketHandle(descriptor.DangerousGetHandle(), ownsHandle: true);
        descriptor.SetHandleAsInvalid();
        descriptor.Dispose();
        return new Socket(handle);
    }
}
