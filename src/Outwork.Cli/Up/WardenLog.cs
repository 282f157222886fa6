using System.Text;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Cli.Up;

/// <summary>Where the warden and its children write what is for people while the terminal shows the live view.</summary>
internal sealed class WardenLog
{
    private const long KeptBytes = 4 * 1024 * 1024;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly long _start;

    public WardenLog(string stateDirectory)
    {
        string folder = System.IO.Path.Join(stateDirectory, "log");
        _ = Directory.CreateDirectory(folder, OwnerOnly);
        Path = System.IO.Path.Join(folder, "outwork.log");
        var file = new FileInfo(Path);
        if (file.Exists && file.Length > KeptBytes)
            file.MoveTo(Path + ".1", overwrite: true);
        _start = new FileInfo(Path) is { Exists: true, Length: var length } ? length : 0;
    }

    public string Path { get; }

    /// <summary>For appending, without a lock: the warden has it too.</summary>
    public SafeFileHandle Open() => AppendedFile.Open(Path);

    /// <summary>What the warden itself has said since construction; its children, and another instance's, write there too.</summary>
    public string ReadNew()
    {
        using var stream = new FileStream(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = _start;
        using var reader = new StreamReader(stream);
        var said = new StringBuilder();
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith("outwork-warden: ", StringComparison.Ordinal))
                said.AppendLine(line);
        }

        return said.ToString();
    }
}
