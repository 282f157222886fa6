namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Makes a path of the names that the kernel side wrote, leaf first, each ended by a zero.</summary>
internal static class PathNames
{
    /// <summary>Joins.</summary>
    /// <param name="names">The names.</param>
    /// <param name="buffer">Takes the path; at least one byte larger than the names and the ellipsis.</param>
    /// <param name="truncated">True when the names do not reach the root: the path then begins with <c>.../</c>.</param>
    public static ReadOnlySpan<byte> Join(ReadOnlySpan<byte> names, Span<byte> buffer, bool truncated)
    {
        int start = buffer.Length;
        if (names.IsEmpty)
        {
            if (truncated)
                return default;
            buffer[0] = (byte)'/';
            return buffer[..1];
        }
        // The leaf comes first, so the path is built from its end.
        while (!names.IsEmpty)
        {
            int end = names.IndexOf((byte)0);
            ReadOnlySpan<byte> name = end < 0 ? names : names[..end];
            names = end < 0 ? default : names[(end + 1)..];
            if (name.Length + 4 >= start)
                break;
            start -= name.Length;
            name.CopyTo(buffer[start..]);
            buffer[--start] = (byte)'/';
        }
        if (truncated)
        {
            start -= 3;
            "..."u8.CopyTo(buffer[start..]);
        }
        return buffer[start..];
    }
}
