using System.Diagnostics;
using Outwork.Content.Mirrors;
using Outwork.Trust.Workflow;

namespace Outwork.Content.Tests.Mirrors;

/// <summary>A folder as a mirror: what leads out of it, is not there, or does not answer.</summary>
public sealed class FolderMirrorTests : IDisposable
{
    private static readonly MirrorOptions Short = new() { Connect = TimeSpan.FromSeconds(0.2), Idle = TimeSpan.FromSeconds(0.2) };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("outwork-mirror-");
    private readonly FolderMirror _mirror;

    public FolderMirrorTests() => _mirror = new FolderMirror(_folder.FullName, _folder.FullName, Short, TimeProvider.System);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Files_are_given_and_no_name_leads_out_of_the_folder()
    {
        DirectoryInfo inner = _folder.CreateSubdirectory("inner");
        await File.WriteAllTextAsync(Path.Join(inner.FullName, "role.json"), "{}", TestContext.Current.CancellationToken);
        Assert.Equal("{}"u8.ToArray(), (await ReadAsync("inner/role.json")).Bytes.ToArray());
        var narrow = new FolderMirror(inner.FullName, inner.FullName, Short, TimeProvider.System);
        await File.WriteAllTextAsync(Path.Join(_folder.FullName, "secret"), "outside", TestContext.Current.CancellationToken);
        foreach (string name in (string[])["../secret", "%2e%2e/secret", "..%2Fsecret", "", "a//secret", "secret", "role.json/secret"])
            Assert.NotEqual(AnswerKind.Given, (await narrow.ReadMetadataAsync(name, 100, TestContext.Current.CancellationToken)).Kind);
        Assert.Equal(AnswerKind.TooLong, (await narrow.ReadMetadataAsync("role.json", 1, TestContext.Current.CancellationToken)).Kind);
    }

    [Fact]
    public async Task Pipe_that_nobody_writes_to_is_too_slow_and_holds_one_thread_at_most()
    {
        string pipe = MakePipe();
        TrustAnswer first = await ReadAsync("pipe");
        Assert.Equal((AnswerKind.TooSlow, $"{pipe} does not open"), (first.Kind, first.Reason));
        TrustAnswer second = await ReadAsync("other");
        Assert.Equal(AnswerKind.TooSlow, second.Kind);
        Assert.Contains("since an earlier attempt", second.Reason, StringComparison.Ordinal);
        await Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write).Dispose(), TestContext.Current.CancellationToken);
        var opened = Stopwatch.StartNew();
        while ((await ReadAsync("other")).Kind != AnswerKind.Missing)
            Assert.True(opened.Elapsed < TimeSpan.FromSeconds(30), "The mirror stays held although the pipe was opened.");
    }

    [Fact]
    public async Task Pipe_that_stays_silent_is_too_slow()
    {
        string pipe = MakePipe();
        Task<FileStream> writing = Task.Run(() => new FileStream(pipe, FileMode.Open, FileAccess.Write), TestContext.Current.CancellationToken);
        Assert.Equal(AnswerKind.TooSlow, (await ReadAsync("pipe")).Kind);
        await (await writing).DisposeAsync();
    }

    private Task<TrustAnswer> ReadAsync(string file) => _mirror.ReadMetadataAsync(file, 100, TestContext.Current.CancellationToken);

    private string MakePipe()
    {
        string pipe = Path.Join(_folder.FullName, "pipe");
        Assert.Equal(0, TestProcess.Run("mkfifo", pipe).ExitCode);
        return pipe;
    }
}
