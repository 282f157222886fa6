using System.IO.Pipes;
using Outwork.Cli.Tests.Support;
using Outwork.Contracts.Control;

namespace Outwork.Cli.Tests;

public sealed class ContentImportTests
{
    private const int Piece = 1024 * 1024;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(Piece, 1)]
    [InlineData(2 * Piece, 2)]
    [InlineData(2 * Piece + 1, 3)]
    public async Task Bundle_goes_in_pieces_of_which_the_last_says_so(int length, int pieces)
    {
        using var run = new CommandRun();
        byte[] bundle = new byte[length];
        new Random(length).NextBytes(bundle);
        string path = run.Directory + "/bundle.tar";
        await File.WriteAllBytesAsync(path, bundle, TestContext.Current.CancellationToken);
        await ImportAsync(run, path, bundle, pieces);
    }

    [Fact]
    public async Task Pipe_is_read_to_its_end()
    {
        using var run = new CommandRun();
        byte[] bundle = new byte[Piece + 7];
        new Random(1).NextBytes(bundle);
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out, HandleInheritability.None);
        Task writing = Task.Run(async () =>
        {
            await pipe.WriteAsync(bundle, TestContext.Current.CancellationToken);
            await pipe.DisposeAsync();
        }, TestContext.Current.CancellationToken);
        string path = $"/proc/self/fd/{pipe.GetClientHandleAsString()}";
        await ImportAsync(run, path, bundle, 2, pipe.DisposeLocalCopyOfClientHandle);
        await writing;
    }

    [Fact]
    public async Task Folder_is_no_bundle_and_that_is_said()
    {
        using var run = new CommandRun();
        await using var agent = FakeAgent.Start(run.SocketPath, static _ => new ControlResponse { Ok = true });
        Assert.Equal(ExitCodes.Refused, await run.RunAsync("content", "import", run.Directory));
        Assert.Contains($"{run.Directory} is a folder. Make a bundle of it: tar -cf bundle.tar -C {run.Directory} .", run.Error, StringComparison.Ordinal);
        Assert.Empty(agent.Requests);
    }

    private static async Task ImportAsync(CommandRun run, string path, byte[] bundle, int pieces, Action? opened = null)
    {
        await using var agent = FakeAgent.Start(run.SocketPath, request =>
        {
            opened?.Invoke();
            return new ControlResponse { Ok = true, Text = request.Last ? "all of it" : null };
        });
        Assert.True(await run.RunAsync("content", "import", path) == ExitCodes.Done, run.Error);
        Assert.Contains("all of it", run.Output, StringComparison.Ordinal);
        ControlRequest[] asked = [.. agent.Requests];
        Assert.Equal(pieces, asked.Length);
        Assert.Equal(bundle, asked.SelectMany(static request => request.Piece!));
        Assert.Equal([.. Enumerable.Range(0, pieces).Select(static piece => (long)piece * Piece)], asked.Select(static request => request.Offset));
        Assert.Equal([.. Enumerable.Range(1, pieces).Select(piece => piece == pieces)], asked.Select(static request => request.Last));
    }
}
