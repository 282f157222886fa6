using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sandbox.Attempts;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Platform.Linux.Sandbox;

/// <summary>
/// The messages by which a confined process, before it runs its program, hands over what is needed to tell of its attempts: first its rules
/// for files and its root directory, then the filter's listener. The first may be missing. One thread.
/// </summary>
/// <param name="reporter">The other end of what <see cref="Processes.ConfinementSpec.Reporter"/> was; not owned.</param>
/// <param name="user">The confined process's user.</param>
public sealed unsafe class AttemptReport(SafeFileHandle reporter, uint user) : IDisposable
{
    // Twice what a manifest may list, for paths whose links lead elsewhere, and the system's folders.
    private const int LongestMessage = 160 * 1024;

    private static ReadOnlySpan<byte> Rules => "rules\0"u8;

    private static ReadOnlySpan<byte> Filter => "filter"u8;

    private byte[] _message = new byte[LongestMessage];
    private FileAttempts? _files;

    /// <summary>Takes what has come, without waiting; the listener when it has.</summary>
    /// <param name="ended">Whether none will come.</param>
    public RefusedCallListener? TryTake(out bool ended)
    {
        Span<int> descriptors = stackalloc int[1];
        while (true)
        {
            int received = DescriptorMessage.Receive(reporter, _message, descriptors, wait: false);
            ended = received != -Interop.EAGAIN && descriptors[0] < 0;
            if (descriptors[0] < 0)
                return null;
            var descriptor = new SafeFileHandle(descriptors[0], ownsHandle: true);
            ReadOnlySpan<byte> text = _message.AsSpan(0, received);
            if (!text.StartsWith(Rules))
            {
                var listener = new RefusedCallListener(descriptor, user, _files);
                _files = null;
                _message = [];
                return listener;
            }

            _files?.Dispose();
            _files = new FileAttempts(new ConfinedView(descriptor), FileGrants.Decode(text[Rules.Length..]), user);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();

    /// <summary>Sends the rules; in the confined process, once its root is what it stays.</summary>
    internal static void SendRules(SafeFileHandle reporter, FileGrants grants)
    {
        using SafeFileHandle root = Interop.open("/", Interop.O_PATH | Interop.O_CLOEXEC, 0);
        if (root.IsInvalid)
            throw LinuxException.Last("open(/)");
        Send(reporter, [.. Rules, .. grants.Encode()], root);
    }

    /// <summary>
    /// Sends the listener; on the thread that it listens to, which from now on waits when it opens a file until somebody has
    /// taken the message: nothing may be loaded in between.
    /// </summary>
    internal static void SendListener(SafeFileHandle reporter, SafeFileHandle listener) => Send(reporter, Filter, listener);

    private static void Send(SafeFileHandle reporter, ReadOnlySpan<byte> text, SafeFileHandle descriptor)
    {
        int error = DescriptorMessage.Send(reporter, text, [(int)descriptor.DangerousGetHandle()]);
        if (error == 0)
            return;

        // Else the thread would wait for itself in whatever it opens to say so.
        descriptor.Dispose();
        throw new LinuxException("sendmsg", error);
    }
}
