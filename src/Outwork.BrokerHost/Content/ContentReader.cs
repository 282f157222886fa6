using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Reactor;
using Outwork.Platform.Linux.Fanotify;

namespace Outwork.BrokerHost.Content;

/// <summary>
/// Two threads that read files for the engine: first bytes that are not in memory, and hashes that rules need. They work on
/// duplicates of the event's descriptor and open nothing. The queue is bounded; what does not fit is refused.
/// </summary>
internal sealed class ContentReader : IContentReader, IDisposable
{
    private const int Threads = 2, QueueLength = 128, BlockBytes = 256 * 1024;
    private readonly BlockingCollection<Job> _jobs = new(QueueLength);
    private readonly ReactorInbox _inbox;

    private sealed record Job(ulong RequestId, SafeFileHandle File, bool WithHash);

    /// <summary>Starts the threads.</summary>
    public ContentReader(ReactorInbox inbox)
    {
        _inbox = inbox;
        for (int i = 0; i < Threads; i++)
            new Thread(Run) { IsBackground = true, Name = "content-reader" }.Start();
    }

    /// <summary>Called on the reactor for each file read.</summary>
    public Action<ulong, ContentClass, byte[]?>? Completed { get; set; }

    /// <inheritdoc/>
    public bool TryRead(ulong requestId, int handle, in FileFacts facts, bool withHash)
    {
        if (EventDescriptor.TryDuplicate(handle) is not { } file) return false;
        if (_jobs.TryAdd(new Job(requestId, file, withHash))) return true;
        file.Dispose();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose() => _jobs.CompleteAdding();

    private void Run()
    {
        byte[] block = new byte[BlockBytes];
        foreach (var job in _jobs.GetConsumingEnumerable())
        {
            var content = ContentClass.Unknown;
            byte[]? hash = null;
            using (job.File)
            {
                try
                {
                    int read = RandomAccess.Read(job.File, block, 0);
                    content = ImageFormat.Classify(block.AsSpan(0, read));
                    if (job.WithHash) hash = Hash(job.File, block, read);
                }
                catch (IOException)
                {
                    content = ContentClass.Unknown;
                }
            }
            _inbox.Post(() => Completed?.Invoke(job.RequestId, content, hash));
        }
    }

    private static byte[] Hash(SafeFileHandle file, byte[] block, int firstRead)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = 0;
        for (int read = firstRead; read > 0; read = RandomAccess.Read(file, block, offset))
        {
            sha.AppendData(block, 0, read);
            offset += read;
        }
        return sha.GetHashAndReset();
    }
}
