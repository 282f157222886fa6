namespace Outwork.Platform.Linux.Supervision;

/// <summary>Bytes that nobody can guess, from the kernel (getrandom(2)): the runtime's own source loads 5 MB of a cryptographic library.</summary>
internal static unsafe class Randomness
{
    private const int MostAtOnce = 256;

    /// <summary>Fills at most 256 bytes, which the kernel gives whole.</summary>
    public static void Fill(Span<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes.Length, MostAtOnce);
        fixed (byte* first = bytes)
        {
            if (Interop.getrandom(first, (nuint)bytes.Length, 0) != bytes.Length)
                throw LinuxException.Last("getrandom");
        }
    }
}
