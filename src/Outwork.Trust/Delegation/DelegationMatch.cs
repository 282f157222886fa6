using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Delegation;

/// <summary>Which of a role's delegations are about a path.</summary>
public static class DelegationMatch
{
    /// <summary>The roles to ask, in order.</summary>
    /// <param name="delegations">Of the role that delegates.</param>
    /// <param name="path">The file's path.</param>
    /// <param name="endsSearch">True when the last of them is terminating: nobody else is asked after these and those they delegate to.</param>
    public static List<DelegatedRole> RolesFor(Delegations delegations, string path, out bool endsSearch)
    {
        endsSearch = false;
        byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes(path));
        if (delegations.Bins is { } bins)
        {
            endsSearch = true;
            return [new DelegatedRole(bins.NameOf(BinOf(digest, bins.BitLength)), bins.Keys, IsTerminating: true, [path], null)];
        }

        string hexadecimal = Convert.ToHexStringLower(digest);
        var roles = new List<DelegatedRole>();
        foreach (DelegatedRole role in delegations.Roles)
        {
            bool matches = role.Paths is { } patterns
                ? patterns.Any(pattern => PathPattern.Matches(pattern, path))
                : role.PathHashPrefixes!.Any(prefix => hexadecimal.StartsWith(prefix, StringComparison.Ordinal));
            if (!matches)
                continue;
            roles.Add(role);
            if (!role.IsTerminating)
                continue;
            endsSearch = true;
            break;
        }

        return roles;
    }

    /// <summary>The bin of a path: the first bits of the SHA-256 digest of its UTF-8 (TAP 15).</summary>
    public static long BinOf(string path, int bitLength) => BinOf(SHA256.HashData(Encoding.UTF8.GetBytes(path)), bitLength);

    private static long BinOf(byte[] digest, int bitLength) => (long)BinaryPrimitives.ReadUInt32BigEndian(digest) >> (SuccinctRoles.MostBits - bitLength);
}
