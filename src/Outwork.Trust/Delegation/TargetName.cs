using System.Text;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Delegation;

/// <summary>How a file of the repository is called there.</summary>
public static class TargetName
{
    // What RFC 3986 lets stand in a path's segment.
    private const string AllowedInSegment = "-._~!$&'()*+,;=:@";

    /// <summary>The address below that of the files, percent-encoded; with the digest in front of the last segment in consistent snapshots.</summary>
    public static string FileOf(string path, TargetFile target, bool consistentSnapshot)
    {
        string prefix = consistentSnapshot ? target.Hashes.Digests[0].Value + "." : "";
        int last = path.LastIndexOf('/') + 1;
        // A digest of an unknown algorithm is any text: it must stay within its segment.
        return Encode(path[..last]) + Encode(prefix).Replace("/", "%2F", StringComparison.Ordinal) + Encode(path[last..]);
    }

    private static string Encode(string text)
    {
        var encoded = new StringBuilder(text.Length);
        foreach (byte unit in Encoding.UTF8.GetBytes(text))
        {
            var character = (char)unit;
            if (char.IsAsciiLetterOrDigit(character) || character == '/' || AllowedInSegment.Contains(character, StringComparison.Ordinal))
                encoded.Append(character);
            else
                encoded.Append('%').Append(Convert.ToHexString([unit]));
        }

        return encoded.ToString();
    }
}
