using System.Buffers;
using System.Text;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// Paths as the kernel has them: bytes, which need not be UTF-8. Here each byte is one char, so that a path that is no text is compared and
/// looked up all the same.
/// </summary>
internal static class BytePath
{
    /// <summary>A path is told with at most so many bytes: it shares a text of 512 bytes with the product's name and the call.</summary>
    public const int LongestTold = 256;

    public static string FromBytes(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    public static string FromText(string path) => FromBytes(Encoding.UTF8.GetBytes(path));

    public static byte[] ToTerminated(string path) => Encoding.Latin1.GetBytes(path + '\0');

    /// <summary>For people: bounded, and without what a terminal would obey.</summary>
    public static string ToText(string path)
    {
        bool isLong = path.Length > LongestTold;
        byte[] bytes = Encoding.Latin1.GetBytes(isLong ? path[..LongestTold] : path);
        var text = new StringBuilder(bytes.Length);
        for (ReadOnlySpan<byte> rest = bytes; !rest.IsEmpty;)
        {
            OperationStatus status = Rune.DecodeFromUtf8(rest, out Rune rune, out int consumed);
            rest = rest[consumed..];
            _ = status != OperationStatus.Done || Rune.IsControl(rune) ? text.Append('?') : text.Append(rune.ToString());
        }

        return isLong ? text.Append("...").ToString() : text.ToString();
    }

    /// <summary>Absolute, without <c>.</c>, <c>..</c> and doubled slashes. What a symbolic link would change is not looked at.</summary>
    public static string Normalise(string path)
    {
        var parts = new List<string>();
        foreach (string part in path.Split('/'))
        {
            if (part is "" or ".")
                continue;
            if (part != "..")
                parts.Add(part);
            else if (parts.Count > 0)
                parts.RemoveAt(parts.Count - 1);
        }

        return "/" + string.Join('/', parts);
    }

    public static bool IsAtOrBelow(string path, string folder) =>
        folder == "/" || (path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/'));
}
