using System.Text;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// The rules that <see cref="FileAccessRules"/> put into force, as paths: recorded where they are made, in the confined process, and sent
/// to whoever tells of attempts, so that there is one list.
/// </summary>
internal sealed class FileGrants
{
    private readonly List<(string Path, GrantedAccess Access)> _grants = [];

    /// <summary>A path may be given in more than one form: as it is written, and as it is without symbolic links.</summary>
    public void Add(string path, GrantedAccess access)
    {
        if (!_grants.Contains((path, access)))
            _grants.Add((path, access));
    }

    /// <summary>Whether all of the access is granted, by one rule or by several together, as Landlock has it.</summary>
    public bool Cover(string path, GrantedAccess needed)
    {
        GrantedAccess granted = GrantedAccess.None;
        foreach ((string folder, GrantedAccess access) in _grants)
        {
            if (BytePath.IsAtOrBelow(path, folder))
                granted |= access;
        }

        return (needed & ~granted) == 0;
    }

    /// <summary>For each rule a digit, the path's bytes, and a zero.</summary>
    public byte[] Encode()
    {
        var text = new StringBuilder();
        foreach ((string path, GrantedAccess access) in _grants)
            _ = text.Append((char)('0' + (int)access)).Append(path).Append('\0');
        return Encoding.Latin1.GetBytes(text.ToString());
    }

    public static FileGrants Decode(ReadOnlySpan<byte> bytes)
    {
        var grants = new FileGrants();
        while (bytes.IndexOf((byte)0) is var end and >= 2)
        {
            grants.Add(BytePath.FromBytes(bytes[1..end]), (GrantedAccess)(bytes[0] - '0'));
            bytes = bytes[(end + 1)..];
        }

        return grants;
    }
}
