using Outwork.Broker.Verdicts;

namespace Outwork.Kernel.Tests.Support;

/// <summary>A file system of the test's own, so that nothing else on the machine waits for the broker under test.</summary>
internal sealed class GuardedMount : IDisposable
{
    private readonly TempDirectory _around = new();

    private GuardedMount(string fileSystem)
    {
        Path = _around["mount"];
        Directory.CreateDirectory(Path);
        if (fileSystem == "tmpfs")
        {
            Check(TestProcess.Run("mount", "-t", "tmpfs", "-o", "size=256m", "outwork-test", Path));
            return;
        }
        string image = _around["image"];
        using (var file = File.Create(image)) file.SetLength(256L << 20);
        Check(TestProcess.Run("mkfs.ext4", "-q", "-F", image));
        Check(TestProcess.Run("mount", "-o", "loop", image, Path));
    }

    /// <summary>Where it is mounted.</summary>
    public string Path { get; }

    /// <summary>The kinds on which the tests run.</summary>
    public static TheoryData<string> FileSystems => ["tmpfs", "ext4"];

    public static GuardedMount Create(string fileSystem) => new(fileSystem);

    public string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Copies a program onto it; settled, so that its verdict may be remembered.</summary>
    public string CopyProgram(string source, string name)
    {
        File.Copy(source, this[name], overwrite: true);
        File.SetUnixFileMode(this[name], (UnixFileMode)0b111_101_101);
        Settle();
        return this[name];
    }

    /// <summary>Writes a file onto it; settled.</summary>
    public string Write(string name, string text, bool executable = false)
    {
        File.WriteAllText(this[name], text);
        File.SetUnixFileMode(this[name], (UnixFileMode)(executable ? 0b111_101_101 : 0b110_100_100));
        Settle();
        return this[name];
    }

    /// <summary>Waits until the content counts as unchanged for a while; see VerdictEngineOptions.SettleMs.</summary>
    public static void Settle()
    {
        long since = TimeProvider.System.GetTimestamp();
        var enough = TimeSpan.FromMilliseconds(2 * new VerdictEngineOptions().SettleMs);
        BrokerUnderTest.Eventually(() => TimeProvider.System.GetElapsedTime(since) > enough, "the file system's clock");
    }

    public void Dispose()
    {
        Check(TestProcess.Run("umount", "-l", Path));
        _around.Dispose();
    }

    private static void Check(TestProcess process) => Assert.True(process.ExitCode == 0, process.Errors);
}
