using System.Buffers;
using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>Copies a stream that is not trusted: bounded in length, in time, and in the time between two pieces.</summary>
internal static class BoundedCopy
{
    private const int BufferLength = 64 * 1024;

    public static async Task<TrustAnswer> RunAsync(
        Stream source, Stream destination, long longestBytes, MirrorOptions options, TimeProvider time, CancellationToken cancellation)
    {
        TimeSpan longest = options.Longest(longestBytes);
        long start = time.GetTimestamp();
        long copied = 0;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferLength);
        bool isAbandoned = false;
        try
        {
            while (true)
            {
                TimeSpan left = longest - time.GetElapsedTime(start);
                if (left <= TimeSpan.Zero)
                    return new TrustAnswer(AnswerKind.TooSlow, Reason: $"{copied} bytes in {longest.TotalSeconds:0} s");
                int read;
                try
                {
                    read = await ReadAsync(source, buffer, left < options.Idle ? left : options.Idle, time, cancellation);
                }
                catch (IOException failed)
                {
                    // Of the source alone: a destination that fails is a disk of ours and no mirror's doing.
                    return new TrustAnswer(AnswerKind.Unreachable, Reason: failed.Message);
                }

                if (read < 0)
                {
                    isAbandoned = true;
                    return new TrustAnswer(AnswerKind.TooSlow, Reason: $"nothing came for a while after {copied} bytes");
                }

                if (read == 0)
                    return TrustAnswer.Done;
                copied += read;
                if (copied > longestBytes)
                    return new TrustAnswer(AnswerKind.TooLong, Reason: $"more than {longestBytes} bytes");
                await destination.WriteAsync(buffer.AsMemory(0, read), cancellation);
            }
        }
        finally
        {
            // A read that nothing ends may still write into it.
            if (!isAbandoned)
                ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> ReadAsync(Stream source, byte[] buffer, TimeSpan longest, TimeProvider time, CancellationToken cancellation)
    {
        using var timeOut = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, timeOut.Token);
        try
        {
            // Reading a file of a drive that is gone heeds no token.
            return await source.ReadAsync(buffer, either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return -1;
        }
    }
}
