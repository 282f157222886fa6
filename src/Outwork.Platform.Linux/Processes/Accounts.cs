using System.Globalization;

namespace Outwork.Platform.Linux.Processes;

/// <summary>The machine's own accounts (/etc/passwd, /etc/group). Accounts of a directory service are not asked: that may block.</summary>
public static class Accounts
{
    /// <summary>The id of a group, or null.</summary>
    public static uint? FindGroup(string name) => Find("/etc/group", name);

    /// <summary>The id of a user, or null.</summary>
    public static uint? FindUser(string name) => Find("/etc/passwd", name);

    // Both files have name, password, id first (group(5), passwd(5)).
    private static uint? Find(string file, string name)
    {
        foreach (string line in File.ReadLines(file))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
                return id;
        }

        return null;
    }
}
