using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Processes;

namespace Outwork.Platform.Linux.Storage;

/// <summary>The programs of e2fsprogs, as far as a <see cref="DataVolume"/> needs them. They open files and take a while: never while guarding.</summary>
internal static class FileSystemTools
{
    private static readonly string[] Folders = ["/usr/sbin", "/sbin"];
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Whether they are installed.</summary>
    public static bool ArePresent => Find("mkfs.ext4") is not null && Find("e2fsck") is not null && Find("resize2fs") is not null;

    /// <summary>Makes a file system in a file of the size that it has, with what a folder holds; true when it worked.</summary>
    public static bool TryMake(string image, string? contentFolder) =>
        Run("mkfs.ext4", contentFolder is null ? ["-q", "-F", "-m", "0", image] : ["-q", "-F", "-m", "0", "-d", contentFolder, image]) == 0;

    /// <summary>Repairs what can be repaired without asking.</summary>
    /// <param name="image">The file.</param>
    /// <param name="completely">Look at everything, even when the file system says that it is in order.</param>
    public static RepairResult Repair(string image, bool completely)
    {
        // Bits: 1 corrected, 2 corrected and the machine should be restarted (for a root file system), 4 and more: not. e2fsck(8).
        return Run("e2fsck", completely ? ["-f", "-p", image] : ["-p", image]) switch
        {
            < 0 => RepairResult.NotTried,
            0 => RepairResult.InOrder,
            < 4 => RepairResult.Corrected,
            _ => RepairResult.BeyondRepair,
        };
    }

    /// <summary>Resizes a file system that was just found to be in order; false when what is in it needs more.</summary>
    public static bool TryResize(string image, int sizeMiB) => Run("resize2fs", [image, string.Create(CultureInfo.InvariantCulture, $"{sizeMiB}M")]) == 0;

    private static string? Find(string tool) => Folders.Select(folder => Path.Join(folder, tool)).FirstOrDefault(File.Exists);

    // The exit code; negative when it could not be run or did not end by itself. What they say is a diagnosis.
    private static int Run(string tool, string[] arguments)
    {
        if (Find(tool) is not { } program)
            return -1;
        using SafeFileHandle nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        LaunchResult result = new LinuxProcessLauncher().Start(new ProcessSpec
        {
            Program = program,
            Arguments = arguments,
            Environment = [new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), new("LC_ALL", "C")],
            Descriptors = [new(nowhere, 1), new(StandardStreams.Error, 2)],
        });
        if (result.Process is not { } process)
            return -1;
        using (process)
        {
            if (process.WaitForExit(Patience) is { Signal: 0 } exit)
                return exit.Code;
            process.Kill();
            _ = process.WaitForExit(Patience);
            return -1;
        }
    }
}

/// <summary>What became of a repair.</summary>
internal enum RepairResult
{
    /// <summary>The program could not be run, or did not end in time: nothing is known.</summary>
    NotTried,

    /// <summary>Nothing was wrong.</summary>
    InOrder,

    /// <summary>Something was wrong and is in order now.</summary>
    Corrected,

    /// <summary>Something is wrong.</summary>
    BeyondRepair,
}
