using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Sessions;

namespace Outwork.Platform.Linux.Supervision;

/// <summary>
/// One page of memory that the warden shares with the broker, in which the broker's reactor counts its turns. Looking at it is no
/// question that a busy broker would have to answer, and takes neither a call nor memory. Any thread.
/// </summary>
public sealed unsafe class ProgressPage : IDisposable
{
    /// <summary>Names the inherited descriptor of the page.</summary>
    public const string Variable = "OUTWORK_PROGRESS_FD";

    private readonly SharedRegion _region;

    private ProgressPage(SafeFileHandle file)
    {
        Descriptor = file;
        _region = SharedRegion.Map(file, 0, writable: true);
    }

    /// <summary>To pass on to the broker.</summary>
    public SafeFileHandle Descriptor { get; }

    /// <summary>How often the reactor has turned; 0 before its first turn.</summary>
    public ulong Turns => Volatile.Read(ref *_region.Counter(0));

    /// <summary>Makes a page.</summary>
    public static ProgressPage Create()
    {
        SafeFileHandle file = SharedRegion.Create("outwork-progress", 0);
        SharedRegion.Seal(file, 0);
        return new ProgressPage(file);
    }

    /// <summary>Takes over the page that the warden left in the environment; one of our own when there is none.</summary>
    public static ProgressPage FromEnvironment() => InheritedDescriptors.Take(Variable) is { } file ? new ProgressPage(file) : Create();

    /// <summary>The reactor has turned once more. One writer.</summary>
    public void Advance() => Volatile.Write(ref *_region.Counter(0), Turns + 1);

    /// <summary>Another broker begins. Only while none runs.</summary>
    public void Reset() => Volatile.Write(ref *_region.Counter(0), 0);

    /// <inheritdoc/>
    public void Dispose()
    {
        _region.Dispose();
        Descriptor.Dispose();
    }
}
