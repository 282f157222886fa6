namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// What a waiting caller's arguments point to. Another thread of the caller may change it at any time, so nothing may be allowed because of
/// what was read here.
/// </summary>
internal static unsafe class CallerMemory
{
    // PATH_MAX, with its zero.
    private const int LongestPath = 4096;

    /// <summary>A path; null when there is none at the address, or it is too long for the kernel as well.</summary>
    public static string? ReadPath(int thread, ulong address)
    {
        byte* bytes = stackalloc byte[LongestPath];
        int length = 0;
        while (length < LongestPath && address != 0)
        {
            // To the end of its page: what follows need not be there.
            ulong from = address + (uint)length;
            int part = (int)Math.Min((ulong)(LongestPath - length), (ulong)Environment.SystemPageSize - (from % (ulong)Environment.SystemPageSize));
            if (!TryRead(thread, from, bytes + length, part))
                return null;
            int end = new ReadOnlySpan<byte>(bytes + length, part).IndexOf((byte)0);
            if (end >= 0)
                return BytePath.FromBytes(new ReadOnlySpan<byte>(bytes, length + end));
            length += part;
        }

        return null;
    }

    /// <summary>Reads exactly so many bytes; false when they are not there, or the caller is gone.</summary>
    public static bool TryRead(int thread, ulong address, void* into, int length)
    {
        var local = new Interop.iovec { iov_base = (byte*)into, iov_len = (nuint)length };
        var remote = new Interop.iovec { iov_base = (byte*)address, iov_len = (nuint)length };
        return Interop.process_vm_readv(thread, &local, 1, &remote, 1, 0) == length;
    }
}
