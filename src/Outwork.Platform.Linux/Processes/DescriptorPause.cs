namespace Outwork.Platform.Linux.Processes;

/// <summary>Waits in the kernel and nowhere else (poll(2) on nothing): allocates nothing, takes no lock of the runtime's.</summary>
public sealed unsafe class DescriptorPause(TimeSpan length)
{
    private readonly int _milliseconds = (int)length.TotalMilliseconds;

    /// <summary>Waits; shorter after a signal.</summary>
    public void Wait() => _ = Interop.poll(null, 0, _milliseconds);
}
