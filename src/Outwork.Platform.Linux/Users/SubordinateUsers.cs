using System.Globalization;

namespace Outwork.Platform.Linux.Users;

/// <summary>
/// Whose the user ids are that a user may map into a user namespace of their own, from <c>/etc/subuid</c> (subuid(5), newuidmap(1)) as it
/// was when loaded. A user may run processes as any of them, 65,536 as a rule, so they are that user to whoever shares something out
/// fairly. Immutable, any thread.
/// </summary>
public sealed class SubordinateUsers
{
    private readonly (uint First, uint Last, uint Owner)[] _ranges;

    private SubordinateUsers((uint First, uint Last, uint Owner)[] ranges) => _ranges = ranges;

    /// <summary>Reads the files. What cannot be read has no entries.</summary>
    public static SubordinateUsers Load(string path = "/etc/subuid", string passwdPath = "/etc/passwd")
    {
        try
        {
            return File.Exists(path) ? Parse(File.ReadLines(path), PasswdUserDirectory.Load(passwdPath).FindUserId) : new SubordinateUsers([]);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new SubordinateUsers([]);
        }
    }

    /// <summary>Takes the lines of such a file, each OWNER:FIRST:COUNT with the owner's name or id. Passes over lines that are not well formed.</summary>
    public static SubordinateUsers Parse(IEnumerable<string> lines, Func<string, uint?> findUser)
    {
        var ranges = new List<(uint First, uint Last, uint Owner)>();
        foreach (string line in lines)
        {
            if (line.Split(':') is not [var owner, var start, var length] || !TryNumber(start, out uint first) || !TryNumber(length, out uint count)
                || count == 0 || (TryNumber(owner, out uint id) ? id : findUser(owner)) is not { } user)
                continue;
            ranges.Add((first, (uint)Math.Min(uint.MaxValue, (ulong)first + count - 1), user));
        }

        // Sorted by their beginning. Ranges that overlap are the administrator's mistake; then the later one counts.
        return new SubordinateUsers([.. ranges.OrderBy(static range => range.First)]);
    }

    /// <summary>The owner of a user id; the id itself when it is nobody else's.</summary>
    public uint OwnerOf(uint user)
    {
        int low = 0, high = _ranges.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_ranges[middle].First <= user)
                low = middle + 1;
            else
                high = middle;
        }

        return low > 0 && user <= _ranges[low - 1].Last ? _ranges[low - 1].Owner : user;
    }

    private static bool TryNumber(string text, out uint number) => uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
