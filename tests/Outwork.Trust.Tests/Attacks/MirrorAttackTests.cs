using System.Net.Sockets;
using Outwork.Content.Mirrors;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;

namespace Outwork.Trust.Tests.Attacks;

/// <summary>What a mirror does to a client over the network.</summary>
public sealed class MirrorAttackTests
{
    private static readonly MirrorOptions Impatient = new() { Idle = TimeSpan.FromMilliseconds(300), Least = TimeSpan.FromMilliseconds(600), LeastRate = int.MaxValue };

    [Fact]
    public async Task Endless_data_is_cut_whatever_length_was_announced()
    {
        using var server = new RepositoryServer(static _ => new byte[100_000]);
        using HttpMirror mirror = Mirror(server, new MirrorOptions());
        Assert.Equal(AnswerKind.TooLong, (await Read(mirror, 99_999)).Kind);
        server.PretendedLength = 10;
        Assert.Equal(10, (await Read(mirror, 1000)).Bytes.Length);
        server.PretendedLength = long.MaxValue;
        Assert.Equal(AnswerKind.TooLong, (await Read(mirror, 1000)).Kind);
    }

    [Fact]
    public async Task Slow_retrieval_that_stalls_is_given_up()
    {
        using var silent = new TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var address = new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)silent.LocalEndpoint).Port}");
        using var mirror = new HttpMirror(address, address, Impatient, TimeProvider.System);
        Assert.Equal(AnswerKind.TooSlow, (await Read(mirror, 1000)).Kind);
    }

    [Fact]
    public async Task Slow_retrieval_byte_by_byte_is_given_up()
    {
        using var drip = new DrippingStream(TimeSpan.FromMilliseconds(20));
        TrustAnswer answer = await BoundedCopy.RunAsync(drip, Stream.Null, 1_000_000, Impatient, TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(AnswerKind.TooSlow, answer.Kind);
    }

    [Fact]
    public async Task Connection_closed_in_the_middle_is_no_file()
    {
        using var server = new RepositoryServer(static _ => new byte[100]) { PretendedLength = 200 };
        using HttpMirror mirror = Mirror(server, new MirrorOptions());
        Assert.Equal(AnswerKind.Unreachable, (await Read(mirror, 1000)).Kind);
    }

    [Fact]
    public async Task Connection_reset_in_the_middle_is_no_file_and_no_failure_of_ours()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((System.Net.IPEndPoint)listener.LocalEndpoint).Port}");
        using var mirror = new HttpMirror(address, address, new MirrorOptions(), TimeProvider.System);
        using var received = new SignallingStream();
        Task<TrustAnswer> reading = mirror.CopyFileAsync("file", 1000, received, TestContext.Current.CancellationToken);
        using (Socket socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken))
        {
            await socket.ReceiveAsync(new byte[4096], TestContext.Current.CancellationToken);
            await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789"u8.ToArray(), TestContext.Current.CancellationToken);
            await received.Written.Task;
            // Closed without lingering a connection is reset.
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }

        Assert.Equal(AnswerKind.Unreachable, (await reading).Kind);
    }

    [Fact]
    public async Task Disk_of_ours_that_is_full_is_not_blamed_on_the_mirror()
    {
        using var server = new RepositoryServer(static _ => new byte[100]);
        using HttpMirror mirror = Mirror(server, new MirrorOptions());
        using var full = new FullStream();
        await Assert.ThrowsAsync<IOException>(() => mirror.CopyFileAsync("file", 1000, full, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Name_that_is_longer_than_any_address_is_no_file()
    {
        using var server = new RepositoryServer(static _ => null);
        using HttpMirror mirror = Mirror(server, new MirrorOptions());
        TrustAnswer answer = await mirror.ReadMetadataAsync(new string('a', 300_000), 1000, TestContext.Current.CancellationToken);
        Assert.NotEqual(AnswerKind.Given, answer.Kind);
    }

    [Fact]
    public async Task Length_beyond_every_disk_is_a_length_as_any_other()
    {
        using var server = new RepositoryServer(static _ => new byte[100]);
        using HttpMirror mirror = Mirror(server, new MirrorOptions());
        Assert.Equal(100, (await Read(mirror, long.MaxValue)).Bytes.Length);
    }

    [Fact]
    public async Task Server_that_is_not_there_is_unreachable()
    {
        var server = new RepositoryServer(static _ => null);
        using HttpMirror mirror = Mirror(server, new MirrorOptions());
        Assert.Equal(AnswerKind.Missing, (await Read(mirror, 1000)).Kind);
        server.Dispose();
        Assert.Equal(AnswerKind.Unreachable, (await Read(mirror, 1000)).Kind);
    }

    [Theory]
    [InlineData("../secret")]
    [InlineData("..%2Fsecret")]
    [InlineData("a/../../secret")]
    [InlineData("%2e%2e/secret")]
    [InlineData("/etc/passwd")]
    public async Task Name_that_leads_out_of_a_folder_is_no_file_there(string name)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("outwork-mirror-");
        try
        {
            string inner = folder.CreateSubdirectory("metadata").FullName;
            await File.WriteAllTextAsync(Path.Join(folder.FullName, "secret"), "secret", TestContext.Current.CancellationToken);
            await File.WriteAllTextAsync(Path.Join(inner, "1.root.json"), "root", TestContext.Current.CancellationToken);
            var mirror = new FolderMirror(inner, inner, new MirrorOptions(), TimeProvider.System);
            Assert.Equal(AnswerKind.Given, (await mirror.ReadMetadataAsync("1.root.json", 100, TestContext.Current.CancellationToken)).Kind);
            Assert.Equal(AnswerKind.TooLong, (await mirror.ReadMetadataAsync("1.root.json", 3, TestContext.Current.CancellationToken)).Kind);
            Assert.Equal(AnswerKind.Missing, (await mirror.ReadMetadataAsync(name, 100, TestContext.Current.CancellationToken)).Kind);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static HttpMirror Mirror(RepositoryServer server, MirrorOptions options) =>
        new(new Uri(server.Address), new Uri(server.Address), options, TimeProvider.System);

    private static Task<TrustAnswer> Read(HttpMirror mirror, long longest) => mirror.ReadMetadataAsync("file", longest, TestContext.Current.CancellationToken);

    private sealed class SignallingStream : MemoryStream
    {
        public TaskCompletionSource Written { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written.TrySetResult();
            return ValueTask.CompletedTask;
        }
    }

    private sealed class FullStream : MemoryStream
    {
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new IOException("No space left on device");
    }

    private sealed class DrippingStream(TimeSpan pause) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(pause, cancellationToken);
            buffer.Span[0] = 0;
            return 1;
        }
    }
}
