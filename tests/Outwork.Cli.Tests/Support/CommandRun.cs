using Outwork.Cli.Output;

namespace Outwork.Cli.Tests.Support;

/// <summary>One run of the command line in a directory of its own.</summary>
internal sealed class CommandRun : IDisposable
{
    private readonly SharedWriter _output = new();
    private readonly SharedWriter _error = new();

    public CommandRun()
    {
        Directory = System.IO.Directory.CreateTempSubdirectory("outwork-cli-").FullName;
        SocketPath = Path.Join(Directory, "control.sock");
    }

    /// <summary>Private to the run.</summary>
    public string Directory { get; }

    /// <summary>Where the fake agent listens.</summary>
    public string SocketPath { get; }

    /// <summary>The user the socket must be of: the one that runs the tests, unless a test says otherwise.</summary>
    public uint TrustedUser { get; init; } = CurrentUser.Id;

    /// <summary>True: as on a terminal.</summary>
    public bool Interactive { get; init; }

    /// <summary>The clock; a test may set another one between two commands.</summary>
    public TimeProvider Time { get; set; } = new UtcTime();

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public CommandSetting Setting => new(new Terminal(_output, _error, Interactive), Time, SocketPath, TrustedUser);

    public Task<int> RunAsync(params string[] arguments) => CommandTree.RunAsync(Setting, arguments);

    public string WriteFile(string name, string text)
    {
        string path = Path.Join(Directory, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>An empty file that everybody may execute.</summary>
    public string WriteProgram(string name)
    {
        string path = WriteFile(name, "");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        return path;
    }

    public void Dispose() => System.IO.Directory.Delete(Directory, recursive: true);

    private sealed class UtcTime : TimeProvider
    {
        public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;
    }
}
