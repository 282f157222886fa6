using System.Globalization;

namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>
/// The mounts of a confined process on which a look-up may wait for somebody: a server, or a program. It cannot mount, and nothing
/// mounted outside gets in, so they stay as they were when they were read.
/// </summary>
internal sealed class MountTable
{
    private static readonly string[] Waiting =
        ["nfs", "nfs4", "cifs", "smb3", "smbfs", "ceph", "9p", "virtiofs", "afs", "autofs", "lustre", "gfs2", "ocfs2", "coda", "orangefs"];

    private readonly List<string> _points = [];

    /// <exception cref="IOException">The process is gone.</exception>
    public static MountTable Read(int process)
    {
        var table = new MountTable();
        foreach (string line in File.ReadLines($"/proc/{process}/mountinfo", System.Text.Encoding.Latin1))
        {
            // proc_pid_mountinfo(5): the fifth field is where, the first after the hyphen is what.
            string[] fields = line.Split(' ');
            int hyphen = Array.IndexOf(fields, "-");
            if (fields.Length < 5 || hyphen < 0 || hyphen + 1 >= fields.Length)
                continue;
            string type = fields[hyphen + 1];
            string point = Unescape(fields[4]);

            // If the root hangs, so does everything.
            if (point != "/" && (Waiting.Contains(type) || type.StartsWith("fuse", StringComparison.Ordinal)))
                table._points.Add(point);
        }

        return table;
    }

    /// <summary>Whether looking a path up could wait for somebody.</summary>
    public bool MayWait(string path)
    {
        foreach (string point in _points)
        {
            if (BytePath.IsAtOrBelow(path, point))
                return true;
        }

        return false;
    }

    // Space, tab, newline and backslash are three octal digits.
    private static string Unescape(string field)
    {
        int escape;
        int from = 0;
        while ((escape = field.IndexOf('\\', from)) >= 0 && escape + 3 < field.Length)
        {
            char c = (char)(((field[escape + 1] - '0') << 6) | ((field[escape + 2] - '0') << 3) | (field[escape + 3] - '0'));
            field = string.Create(CultureInfo.InvariantCulture, $"{field[..escape]}{c}{field[(escape + 4)..]}");
            from = escape + 1;
        }

        return field;
    }
}
