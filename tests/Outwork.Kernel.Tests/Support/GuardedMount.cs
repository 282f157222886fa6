using Outwork.Broker.Verdicts;
using Outwork.Platform.Linux.Mounts;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Kernel.Tests.Support;

/// <summary>A file system of the test's own, so that nothing else on the machine waits for the broker under test.</summary>
internal sealed class GuardedMount : IDisposable
{
    private readonly TempDirectory _around = new();
    private readonly Stack<string> _mounts = [];

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

    /// <summary>Mounts another file system over it.</summary>
    public void Cover()
    {
        Check(TestProcess.Run("mount", "-t", "tmpfs", "outwork-cover", Path));
        _mounts.Push(Path);
    }

    /// <summary>Mounts another file system in a folder of it.</summary>
    public GuardedMount MountBelow(string name)
    {
        Directory.CreateDirectory(this[name]);
        Check(TestProcess.Run("mount", "-t", "tmpfs", "outwork-below", this[name]));
        return this;
    }

    /// <summary>Mounts a user-space file system over it whose server never says a word. It goes when what is returned is disposed.</summary>
    public IDisposable CoverWithSilentServer()
    {
        var device = File.OpenHandle("/dev/fuse", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        var mount = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = "/usr/bin/mount",
            Arguments = ["-i", "-t", "fuse", "-o", "fd=7,rootmode=40000,user_id=0,group_id=0", "silent", Path],
            Descriptors = [new(device, 7)],
        }).Process;
        using (mount) Assert.Equal(0, mount?.WaitForExit(TimeSpan.FromSeconds(20))?.Code);
        _mounts.Push(Path);
        return device;
    }

    /// <summary>Has ext4 give up, as after an error of its disk: it opens nothing any more (EXT4_IOC_SHUTDOWN of fs/ext4/ext4.h).</summary>
    public void ShutDown() => Check(TestProcess.Run("perl", "-e", $"my $how = pack('L', 2); open(F, '<', '{Path}') && ioctl(F, 0x8004587d, $how) or die $!"));

    /// <summary>
    /// Takes it away and mounts another one in its place, with the same device number: the lowest that is free, so those below it are
    /// taken first. False when somebody else was faster.
    /// </summary>
    public bool TryReplace()
    {
        string device = DeviceOf(Path);
        var below = new List<GuardedMount>();
        do
        {
            below.Add(new GuardedMount("tmpfs"));
        }
        while (NumberOf(DeviceOf(below[^1].Path)) < NumberOf(device));
        Check(TestProcess.Run("/bin/sh", "-c", $"umount {Path} && mount -t tmpfs outwork-test {Path}"));
        foreach (var mount in below) mount.Dispose();
        return DeviceOf(Path) == device;
    }

    private static string DeviceOf(string path) => MountTable.Read().Last(m => m.MountPoint == path).Device;

    private static int NumberOf(string device) => int.Parse(device.AsSpan(device.IndexOf(':') + 1), System.Globalization.CultureInfo.InvariantCulture);

    public void Dispose()
    {
        while (_mounts.TryPop(out string? cover)) Check(TestProcess.Run("umount", "-l", cover));
        Check(TestProcess.Run("umount", "-l", Path));
        _around.Dispose();
    }

    private static void Check(TestProcess process) => Assert.True(process.ExitCode == 0, process.Errors);
}
