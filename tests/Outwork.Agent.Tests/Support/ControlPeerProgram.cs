using System.Runtime.CompilerServices;

namespace Outwork.Agent.Tests.Support;

/// <summary>A peer in a process of its own, so that it can have another user and other groups.</summary>
internal sealed class ControlPeerProgram : IDisposable
{
    private readonly TempDirectory _directory = new();

    private string Program => _directory["control-peer"];

    public static async Task<ControlPeerProgram> BuildAsync()
    {
        var peer = new ControlPeerProgram();
        string source = Path.GetFullPath(Path.Join(Here(), "../../../testassets/control-peer/control-peer.c"));
        TestProcess compiler = await TestProcess.RunAsync("gcc", "-Wall", "-Werror", "-O1", "-o", peer.Program, source);
        Assert.True(compiler.ExitCode == 0, compiler.Errors);
        File.SetUnixFileMode(peer._directory.Path, (UnixFileMode)0b111_101_101);
        return peer;
    }

    /// <summary>Asks as user and group 65534, and as a member of the groups given.</summary>
    public Task<TestProcess> AskAsync(string socket, string line, string groups = "") => TestProcess.RunAsync(
        "setpriv",
        ["--reuid=65534", "--regid=65534", groups.Length == 0 ? "--clear-groups" : $"--groups={groups}", Program, socket, line]);

    public void Dispose() => _directory.Dispose();

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
