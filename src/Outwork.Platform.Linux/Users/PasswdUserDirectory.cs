using System.Collections.Frozen;
using System.Globalization;
using Outwork.Contracts.Policy;

namespace Outwork.Platform.Linux.Users;

/// <summary>
/// The local users, from <c>/etc/passwd</c> (passwd(5)) as it was when loaded. Users of a directory service are not there: policies name
/// them by id. Asking the name service switch would load its plug-ins into the agent and wait for the network. Immutable, any thread.
/// </summary>
public sealed class PasswdUserDirectory : IUserDirectory
{
    private readonly FrozenDictionary<string, uint> _users;

    private PasswdUserDirectory(FrozenDictionary<string, uint> users) => _users = users;

    /// <summary>Reads the file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PasswdUserDirectory Load(string path = "/etc/passwd") => Parse(File.ReadLines(path));

    /// <summary>Takes the lines of such a file. As the C library does, it passes over lines that are not well formed, and the first of several lines for a name counts.</summary>
    public static PasswdUserDirectory Parse(IEnumerable<string> lines)
    {
        var users = new Dictionary<string, uint>();
        foreach (string line in lines)
        {
            string[] fields = line.Split(':');
            if (fields.Length == 7 && fields[0].Length != 0 && fields[0][0] is not ('+' or '-' or '#')
                && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                users.TryAdd(fields[0], id);
            }
        }
        return new PasswdUserDirectory(users.ToFrozenDictionary());
    }

    /// <inheritdoc/>
    public uint? FindUserId(string name) => _users.TryGetValue(name, out uint id) ? id : null;
}
