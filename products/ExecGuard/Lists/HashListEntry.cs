using System.Runtime.InteropServices;

namespace Outwork.Products.ExecGuard.Lists;

/// <summary>One line of a list in memory: 36 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal readonly record struct HashListEntry(Sha256Digest Digest, uint Line)
{
    /// <summary>By digest, then by line: of duplicates the first line is found.</summary>
    public readonly struct Order : IComparer<HashListEntry>
    {
        public int Compare(HashListEntry x, HashListEntry y)
        {
            int order = Sha256Digest.Compare(x.Digest, y.Digest);
            return order != 0 ? order : x.Line.CompareTo(y.Line);
        }
    }
}
