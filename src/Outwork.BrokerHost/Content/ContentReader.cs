using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Outwork.Broker.Verdicts;
using Outwork.BrokerHost.Reactor;
using Outwork.Platform.Linux.Fanotify;

namespace Outwork.BrokerHost.Content;

/// <summary>
/// Reads files for the engine: one thread for first bytes that are not in memory and one for hashes that rules need, so that a
/// long hash delays no first bytes. They work on duplicates of the event's descriptor and open nothing. The queues are
/// bounded, no user can fill one (<see cref="UserShares"/>), and what does not fit is refused.
/// </summary>
internal sealed class ContentReader : IContentReader, IDisposable
{
    private const int QueueLength = 128, BlockBytes = 256 * 1024;
    private static readonly UserShares Shares = new(QueueLength);
    private const long MostHashed = 1L << 30;
    private const int TypeMask = 0xF000, RegularFile = 0x8000;

    // Of a device or a pipe, which has no content: no content has this hash, so no rule means it.
    private static readonly byte[] HashOfNoContent = new byte[SHA256.HashSizeInBytes];
    private readonly BlockingCollection<Job> _firstBytes = new(QueueLength), _hashes = new(QueueLength);
    private readonly ReactorInbox _inbox;
    private readonly ReactorFaults _faults;

    private sealed record Job(ulong RequestId, SafeFileHandle File, bool WithHash, uint User);

    /// <summary>Starts the threads. Make it before the guard begins: it has the library loaded that hashes.</summary>
    public ContentReader(ReactorInbox inbox, ReactorFaults faults)
    {
        (_inbox, _faults) = (inbox, faults);
        using (var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256))
        {
            sha.AppendData([]);
            sha.GetHashAndReset();
        }
        new Thread(() => Run(_firstBytes)) { IsBackground = true, Name = "first-bytes" }.Start();
        new Thread(() => Run(_hashes)) { IsBackground = true, Name = "content-hash" }.Start();
    }

    /// <summary>Called on the reactor for each file read.</summary>
    public Action<ulong, ContentClass, byte[]?>? Completed { get; set; }

    /// <summary>Asked between two blocks, on the hashing thread: whether the request still waits for its answer.</summary>
    public Func<ulong, bool>? IsWanted { get; set; }

    /// <inheritdoc/>
    public bool TryRead(ulong requestId, int handle, in FileFacts facts, bool withHash, uint user)
    {
        if ((facts.Mode & TypeMask) != RegularFile)
        {
            Complete(requestId, ContentClass.Data, withHash ? HashOfNoContent : null);
            return true;
        }
        var jobs = withHash ? _hashes : _firstBytes;
        if (!MayAdd(jobs, user) || EventDescriptor.TryDuplicate(handle) is not { } file) return false;
        if (jobs.TryAdd(new Job(requestId, file, withHash, user))) return true;
        file.Dispose();
        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _firstBytes.CompleteAdding();
        _hashes.CompleteAdding();
    }

    // Nobody can have too many while fewer wait, so they are counted only under load.
    private static bool MayAdd(BlockingCollection<Job> jobs, uint user)
    {
        if (user == 0 || jobs.Count < Shares.MostOfOne) return true;
        int ofUser = 0, ofUsers = 0;
        foreach (var job in jobs)
        {
            if (job.User == user) ofUser++;
            if (job.User != 0) ofUsers++;
        }
        return Shares.Allow(user, ofUser, ofUsers);
    }

    private void Run(BlockingCollection<Job> jobs)
    {
        byte[] block = new byte[BlockBytes];
        foreach (var job in jobs.GetConsumingEnumerable())
        {
            var content = ContentClass.Unknown;
            byte[]? hash = null;
            try
            {
                using (job.File) content = Read(job, block, out hash);
            }
            catch (IOException)
            {
                // A disk or a file system that fails is no fault of ours.
            }
            catch (Exception fault) when (_faults.Survives(fault))
            {
                // What could not be read is unknown.
            }
            Complete(job.RequestId, content, hash);
        }
    }

    private void Complete(ulong requestId, ContentClass content, byte[]? hash) => _inbox.Post(() => Completed?.Invoke(requestId, content, hash));

    private ContentClass Read(Job job, byte[] block, out byte[]? hash)
    {
        hash = null;
        if (!IsStillWanted(job)) return ContentClass.Unknown;
        int read = RandomAccess.Read(job.File, block, 0);
        var content = ImageFormat.Classify(block.AsSpan(0, read));
        return job.WithHash && (hash = Hash(job, block, read)) is null ? ContentClass.Unknown : content;
    }

    // Null when nobody waits for it any longer, or when the file is too large to hash in any deadline.
    private byte[]? Hash(Job job, byte[] block, int firstRead)
    {
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long offset = 0;
        for (int read = firstRead; read > 0; read = RandomAccess.Read(job.File, block, offset))
        {
            sha.AppendData(block, 0, read);
            offset += read;
            if (offset > MostHashed || !IsStillWanted(job)) return null;
        }
        return sha.GetHashAndReset();
    }

    private bool IsStillWanted(Job job) => !job.WithHash || IsWanted?.Invoke(job.RequestId) != false;
}
