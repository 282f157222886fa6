using Microsoft.Win32.SafeHandles;

namespace Outwork.Agent.Export;

/// <summary>
/// An append-only file of lines that is renamed away when it is full: NAME.jsonl is written, NAME.1.jsonl is the one before, and
/// so on. A line is never split over two files, and a file never exceeds its size unless a single line does. One thread.
/// </summary>
/// <param name="directory">Created when it is missing.</param>
/// <param name="name">File name without its extension.</param>
/// <param name="maximumBytes">Size at which a file is full.</param>
/// <param name="files">Number of files kept, the current one included.</param>
internal sealed class RotatingFile(string directory, string name, long maximumBytes, int files) : IDisposable
{
    private const string Extension = ".jsonl";
    private const UnixFileMode FileMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute;

    private SafeFileHandle? _file;
    private long _length;

    /// <summary>The file written now.</summary>
    public string Path { get; } = System.IO.Path.Join(directory, name + Extension);

    /// <summary>Appends whole lines. On failure no torn line remains; what fitted before a rotation stays.</summary>
    /// <param name="lines">One or more lines, each with its end.</param>
    /// <param name="rotations">How often the file was rotated on the way.</param>
    /// <exception cref="IOException">No space, or the disk failed; the next call tries again from the start.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory cannot be written.</exception>
    public void Append(ReadOnlySpan<byte> lines, out int rotations)
    {
        rotations = 0;
        try
        {
            while (!lines.IsEmpty)
            {
                SafeFileHandle file = Open();
                ReadOnlySpan<byte> part = Fitting(lines);
                if (part.IsEmpty)
                {
                    Rotate();
                    rotations++;
                    continue;
                }

                RandomAccess.Write(file, part, _length);
                _length += part.Length;
                lines = lines[part.Length..];
            }
        }
        catch
        {
            Recover();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private string Numbered(int number) =>
        number == 0 ? Path : System.IO.Path.Join(directory, $"{name}.{number}{Extension}");

    /// <summary>As many whole lines as still fit; in an empty file at least one.</summary>
    private ReadOnlySpan<byte> Fitting(ReadOnlySpan<byte> lines)
    {
        long room = maximumBytes - _length;
        if (lines.Length <= room)
            return lines;
        int end = room <= 0 ? -1 : lines[..(int)room].LastIndexOf((byte)'\n');
        if (end < 0 && _length == 0)
            end = lines.IndexOf((byte)'\n');
        return lines[..(end + 1)];
    }

    private SafeFileHandle Open()
    {
        // Somebody else may have moved the file away, as logrotate does: then a new one is begun.
        if (_file is not null && File.Exists(Path))
            return _file;
        _file?.Dispose();
        _file = null;
        Directory.CreateDirectory(directory, DirectoryMode);
        SafeFileHandle file = File.OpenHandle(Path, System.IO.FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            File.SetUnixFileMode(file, FileMode);
            _length = LineEnd(file);
            RandomAccess.SetLength(file, _length);
        }
        catch
        {
            file.Dispose();
            throw;
        }

        return _file = file;
    }

    /// <summary>Where the last whole line ends: a crash or a full disk may have left a torn one.</summary>
    private static long LineEnd(SafeFileHandle file)
    {
        byte[] tail = new byte[64 * 1024];
        long end = RandomAccess.GetLength(file);
        while (end > 0)
        {
            long start = Math.Max(0, end - tail.Length);
            int read = RandomAccess.Read(file, tail.AsSpan(0, (int)(end - start)), start);
            int newLine = tail.AsSpan(0, read).LastIndexOf((byte)'\n');
            if (newLine >= 0)
                return start + newLine + 1;
            end = start;
        }

        return 0;
    }

    private void Rotate()
    {
        // From the oldest: a crash in between leaves a gap in the numbers, which the next rotation closes. Each step is a rename.
        for (int number = files - 1; number > 0; number--)
        {
            if (File.Exists(Numbered(number - 1)))
                File.Move(Numbered(number - 1), Numbered(number), overwrite: true);
        }

        _file?.Dispose();
        _file = null;
        if (files == 1)
            File.Delete(Path);
    }

    private void Recover()
    {
        try
        {
            if (_file is not null)
                RandomAccess.SetLength(_file, _length);
        }
        catch (IOException)
        {
            // Opening it again cuts the torn line off.
        }

        _file?.Dispose();
        _file = null;
    }
}
