using System.Runtime.InteropServices;

namespace Outwork.Broker.Rules;

/// <summary>A SHA-256 as a dictionary's key.</summary>
internal readonly record struct Sha256Key(ulong A, ulong B, ulong C, ulong D)
{
    public static Sha256Key From(ReadOnlySpan<byte> hash)
    {
        var words = MemoryMarshal.Cast<byte, ulong>(hash);
        return new Sha256Key(words[0], words[1], words[2], words[3]);
    }
}
