using System.Text;

namespace Outwork.Broker.Processes;

/// <summary>Splits the system's form of an argument list: each argument ended by a zero byte.</summary>
public static class ArgumentText
{
    /// <summary>Splits.</summary>
    /// <param name="bytes">The arguments; bytes that are no UTF-8 are replaced.</param>
    /// <param name="truncated">True when the source cut the list.</param>
    /// <returns>The arguments, and whether some are missing or cut.</returns>
    public static (string[] Arguments, bool Truncated) Split(ReadOnlySpan<byte> bytes, bool truncated)
    {
        if (bytes.IsEmpty)
            return ([], truncated);
        int count = bytes.Count((byte)0);
        bool open = bytes[^1] != 0;
        string[] arguments = new string[open ? count + 1 : count];
        for (int i = 0; i < arguments.Length; i++)
        {
            int end = bytes.IndexOf((byte)0);
            ReadOnlySpan<byte> argument = end < 0 ? bytes : bytes[..end];
            arguments[i] = Encoding.UTF8.GetString(argument);
            bytes = end < 0 ? default : bytes[(end + 1)..];
        }
        return (arguments, truncated);
    }
}
