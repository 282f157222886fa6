using System.Diagnostics;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Telemetry;

/// <summary>A pipe that nobody opens for writing stands for a process that holds the lock of its own memory map: to open it waits.</summary>
public sealed class CommandLineReaderTests : IDisposable
{
    private readonly TempDirectory _folder = new();
    private readonly CommandLineReader _reader = new(TimeSpan.FromMilliseconds(300));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Process_that_holds_its_memory_map_holds_up_nobody_but_its_own_user_for_a_moment()
    {
        string stuck = _folder["stuck"], file = _folder["file"];
        File.WriteAllText(file, "sh\0-c\0");
        Assert.Equal(0, TestProcess.Run("mkfifo", stuck).ExitCode);

        Assert.Equal("sh\0-c\0"u8.ToArray(), _reader.Read(file, 1000));
        Assert.Empty(_reader.Read(stuck, 1000));
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < 100; i++) Assert.Empty(_reader.Read(stuck, 1000));
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), "each process of the user costs the patience again");
        Assert.Equal("sh\0-c\0"u8.ToArray(), _reader.Read(file, 1001));

        // Once it lets go, its user's command lines are read again.
        File.OpenHandle(stuck, FileMode.Open, FileAccess.ReadWrite).Dispose();
        Assert.True(SpinWait.SpinUntil(() => _reader.Read(file, 1000).Length != 0, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void What_cannot_be_read_is_empty() => Assert.Empty(_reader.Read(_folder["none"], 0));
}
