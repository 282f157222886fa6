namespace Outwork.Products.ExecGuard.Loading;

/// <summary>Holds the content in force. Swapping waits for nobody: who scans keeps what it leased. Thread-safe.</summary>
internal sealed class ScanContentSlot : IDisposable
{
    private ScanContent? _current;

    /// <summary>Leases what is in force. Dispose the lease when the scan is over; its content is null when nothing is in force.</summary>
    public Lease Acquire()
    {
        while (true)
        {
            ScanContent? current = Volatile.Read(ref _current);

            // False only when it was replaced and freed since it was read; then there is another one to read.
            if (current is null || current.TryAddReference())
                return new Lease(current);
        }
    }

    /// <summary>Puts content in force and takes over the caller's reference to it.</summary>
    public void Replace(ScanContent content) => Interlocked.Exchange(ref _current, content)?.Release();

    /// <summary>Nothing is in force any more.</summary>
    public void Dispose() => Interlocked.Exchange(ref _current, null)?.Release();

    /// <summary>A reference to the content that was in force.</summary>
    public readonly ref struct Lease(ScanContent? content)
    {
        public ScanContent? Content => content;

        public void Dispose() => content?.Release();
    }
}
