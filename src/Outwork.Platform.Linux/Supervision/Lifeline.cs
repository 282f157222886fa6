using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>What has come over a <see cref="Lifeline"/>.</summary>
public enum LifelineState
{
    /// <summary>Nothing.</summary>
    Silent,

    /// <summary>The other side lives.</summary>
    Alive,

    /// <summary>The other side has ended.</summary>
    Ended,
}

/// <summary>
/// One end of the stream socket between a process and the one that started it: its end of file tells each that the other is gone, and a
/// byte tells that the other is not stuck. Takes the socket over.
/// </summary>
/// <param name="end">The end.</param>
public sealed unsafe class Lifeline(SafeFileHandle end) : IWatchdog, IDisposable
{
    /// <summary>Readable when the other side told something or has ended.</summary>
    public SafeHandle Handle => end;

    /// <inheritdoc/>
    public bool TellAlive()
    {
        byte sign = 1;
        return Interop.send(end, &sign, 1, Interop.MSG_DONTWAIT | Interop.MSG_NOSIGNAL) == 1;
    }

    /// <summary>Takes all that has come; waits for nothing.</summary>
    public LifelineState Read()
    {
        byte* signs = stackalloc byte[64];
        var state = LifelineState.Silent;
        while (true)
        {
            nint count = Interop.recv(end, signs, 64, Interop.MSG_DONTWAIT);
            if (count == 0)
                return LifelineState.Ended;
            if (count < 0)
                return Marshal.GetLastPInvokeError() is Interop.EAGAIN or Interop.EINTR ? state : LifelineState.Ended;
            state = LifelineState.Alive;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => end.Dispose();
}
