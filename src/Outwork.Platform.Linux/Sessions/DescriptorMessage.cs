using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Sessions;

/// <summary>One message with descriptors on a session's socket (unix(7), SCM_RIGHTS).</summary>
internal static unsafe class DescriptorMessage
{
    private const int MaximumDescriptors = 3;

    // CMSG_SPACE and CMSG_LEN on 64-bit Linux: a 16-byte header, data aligned to 8.
    private const int ControlHeader = 16;
    private const int ControlSpace = ControlHeader + ((MaximumDescriptors * sizeof(int) + 7) & ~7);

    /// <summary>Sends without waiting; 0, or the errno.</summary>
    public static int Send(SafeFileHandle socket, ReadOnlySpan<byte> payload, ReadOnlySpan<int> descriptors)
    {
        byte* control = stackalloc byte[ControlSpace];
        int dataLength = descriptors.Length * sizeof(int);
        var header = (Interop.cmsghdr*)control;
        header->cmsg_len = (nuint)(ControlHeader + dataLength);
        header->cmsg_level = Interop.SOL_SOCKET;
        header->cmsg_type = Interop.SCM_RIGHTS;
        descriptors.CopyTo(new Span<int>(control + ControlHeader, MaximumDescriptors));
        fixed (byte* data = payload)
        {
            Interop.iovec part = new() { iov_base = data, iov_len = (nuint)payload.Length };
            Interop.msghdr message = new()
            {
                msg_iov = &part,
                msg_iovlen = 1,
                msg_control = control,
                msg_controllen = (nuint)(ControlHeader + ((dataLength + 7) & ~7)),
            };
            while (true)
            {
                if (Interop.sendmsg(socket, &message, Interop.MSG_DONTWAIT | Interop.MSG_NOSIGNAL) >= 0)
                    return 0;
                int errno = Marshal.GetLastPInvokeError();
                if (errno != Interop.EINTR)
                    return errno;
            }
        }
    }

    /// <summary>Receives one message. Descriptors beyond those asked for are closed.</summary>
    /// <returns>Bytes received, 0 at the end of the session, or minus the errno.</returns>
    public static int Receive(SafeFileHandle socket, Span<byte> payload, Span<int> descriptors, bool wait)
    {
        descriptors.Fill(-1);
        byte* control = stackalloc byte[ControlSpace];
        fixed (byte* data = payload)
        {
            Interop.iovec part = new() { iov_base = data, iov_len = (nuint)payload.Length };
            Interop.msghdr message = new() { msg_iov = &part, msg_iovlen = 1, msg_control = control, msg_controllen = ControlSpace };
            nint received;
            do
            {
                message.msg_controllen = ControlSpace;
                received = Interop.recvmsg(socket, &message, Interop.MSG_CMSG_CLOEXEC | (wait ? 0 : Interop.MSG_DONTWAIT));
            }
            while (received < 0 && Marshal.GetLastPInvokeError() == Interop.EINTR);

            if (received < 0)
                return -Marshal.GetLastPInvokeError();
            var header = (Interop.cmsghdr*)control;
            if (message.msg_controllen < ControlHeader || header->cmsg_level != Interop.SOL_SOCKET || header->cmsg_type != Interop.SCM_RIGHTS)
                return (int)received;
            int count = ((int)header->cmsg_len - ControlHeader) / sizeof(int);
            var passed = new ReadOnlySpan<int>(control + ControlHeader, count);
            for (int i = 0; i < count; i++)
            {
                if (i < descriptors.Length)
                    descriptors[i] = passed[i];
                else
                    new SafeFileHandle(passed[i], ownsHandle: true).Dispose();
            }

            return (int)received;
        }
    }
}
