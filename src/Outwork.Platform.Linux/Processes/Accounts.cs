using System.Globalization;

namespace Outwork.Platform.Linux.Processes;

/// <summary>The machine's own accounts (/etc/group). Accounts of a directory service are not asked: that may block.</summary>
public static class Accounts
{
    /// <summary>The id of a group, or null.</summary>
    public static uint? FindGroup(string name)
    {
        foreach (string line in File.ReadLines("/etc/group"))
        {
            string[] fields = line.Split(':');
            if (fields.Length > 2 && fields[0] == name && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
                return id;
        }

        return null;
    }
}
