using System.Globalization;
using System.Text.RegularExpressions;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Tests.Support;
using Outwork.Platform.Processes;

namespace Outwork.Warden.Tests;

/// <summary>A product's data folder: its own, kept, of limited size, and gone from the system with the product.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const string Manifest = """{"needs":{"systemPrograms":true,"data":true,"dataMiB":16}}""";
    private readonly WardenRun _run = new();

    private string Folder => Path.Join(_run.State, "data", "execguard");

    private string Image => Folder + ".ext4";

    public void Dispose() => _run.Dispose();

    [Fact]
    public void Data_is_the_products_own_and_is_kept_over_runs()
    {
        Start("""
            ls -a $OUTWORK_DATA_DIR >&2
            cat $OUTWORK_DATA_DIR/file >&2
            cat /proc/self/mounts | grep /private/state >&2
            echo kept > $OUTWORK_DATA_DIR/file
            echo told >&2; exec sleep 1000
            """);
        _run.WaitForError("^execguard: told$");
        // Neither executable nor a way to devices, and nothing is in it but what the product put there.
        _run.WaitForError("^execguard: /dev/loop[0-9]+ .*/private/state ext4 rw,nosuid,nodev,noexec,");
        Assert.DoesNotContain("lost+found", _run.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("kept", _run.Errors, StringComparison.Ordinal);
        Assert.Equal(16 << 20, new FileInfo(Image).Length);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Image));

        Restart();
        _run.WaitForError("^execguard: told$", occurrence: 2);
        _run.WaitForError("^execguard: kept$");
    }

    [Fact]
    public void Product_that_fills_its_folders_gets_an_error_at_its_limit_and_nobody_else_does()
    {
        Start("""
            for folder in $OUTWORK_DATA_DIR /tmp /dev/shm; do
              echo "$folder: $(cat /dev/zero 2>&1 > $folder/zeros) $(stat -c %s $folder/zeros)" >&2
            done
            rm $OUTWORK_DATA_DIR/zeros
            i=0; while true > $OUTWORK_DATA_DIR/$i; do i=$((i + 1)); done 2> /dev/null
            echo "files: $(stat -f -c %c /tmp) $(stat -f -c %c /dev/shm) $i" >&2
            echo filled >&2; exec sleep 1000
            """, """{"needs":{"systemPrograms":true,"data":true,"dataMiB":16,"memoryMiB":256}}""");
        _run.WaitForError("^execguard: filled$");
        Assert.InRange(Written(".*/private/state"), 10 << 20, 16 << 20);
        Assert.InRange(Written("/tmp"), 63 << 20, 64 << 20);
        Assert.InRange(Written("/dev/shm"), 63 << 20, 64 << 20);
        Match files = _run.WaitForError(@"^execguard: files: (\d+) (\d+) (\d+)$");
        Assert.All(files.Groups.Values.Skip(1), count => Assert.InRange(long.Parse(count.ValueSpan, CultureInfo.InvariantCulture), 100, 65_536));
        long allocated = 512 * long.Parse(TestProcess.Run("/usr/bin/stat", "-c", "%b", Image).Output, CultureInfo.InvariantCulture);
        Assert.InRange(allocated, 1 << 20, (16 << 20) + 65_536);
        Assert.DoesNotContain("execguard ended", _run.Errors, StringComparison.Ordinal);

        long Written(string folder) => long.Parse(
            _run.WaitForError($"^execguard: {folder}: .*No space left on device.* (\\d+)$").Groups[1].ValueSpan, CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Nothing_is_left_however_the_product_and_its_warden_end(bool isKilled)
    {
        Start("echo x > $OUTWORK_DATA_DIR/file; echo told >&2; exec sleep 1000");
        _run.WaitForError("^execguard: told$");
        Assert.Single(LoopDevices());

        // It is restarted in a folder that nobody else uses any more.
        Assert.Equal(0, TestProcess.Run("/bin/kill", "-9", _run.ProcessId("execguard").ToString(CultureInfo.InvariantCulture)).ExitCode);
        _run.WaitForError("^execguard: told$", occurrence: 2);
        _run.WaitFor(() => LoopDevices().Count == 1, "the end of the former loop device");

        if (isKilled)
            _run.Warden!.Kill();
        else
            _run.Warden!.RequestEnd();
        _run.WaitFor(() => LoopDevices().Count == 0, "the end of the loop device: " + string.Join(", ", LoopDevices()));
        if (isKilled)
        {
            // What is in the way of nobody is the next warden's to remove.
            _run.Warden!.WaitForExit(TimeSpan.FromSeconds(5));
            using LaunchedProcess next = _run.Start(waitForProtection: false);
            _run.WaitForError("^execguard: told$", occurrence: 3);
            next.RequestEnd();
            Assert.Equal(new ProcessExit(0, 0), next.WaitForExit(TimeSpan.FromSeconds(10)));
        }

        _run.AssertNothingIsLeft();
        Assert.Equal([Image], Directory.EnumerateFileSystemEntries(Path.GetDirectoryName(Image)!));
    }

    [Fact]
    public void Data_of_before_there_was_a_limit_is_carried_over_once()
    {
        Directory.CreateDirectory(Path.Join(Folder, "inner"));
        File.WriteAllText(Path.Join(Folder, "inner", "file"), "from before\n");
        Assert.Null(FolderOwner.Change(Folder, 12345));
        Start("cat $OUTWORK_DATA_DIR/inner/file >&2; echo more >> $OUTWORK_DATA_DIR/inner/file; echo told >&2; exec sleep 1000");
        _run.WaitForError("^execguard: told$");
        _run.WaitForError("^execguard: from before$");
        Assert.False(Directory.Exists(Folder));

        Restart();
        _run.WaitForError("^execguard: more$");
    }

    [Fact]
    public void Data_that_does_not_fit_is_left_alone_and_the_product_does_not_start()
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllBytes(Path.Join(Folder, "large"), Random(17 << 20));
        Start("echo told >&2; exec sleep 1000");
        _run.WaitForError(@"^outwork-warden: execguard is NOT STARTED: what is in .*/data/execguard does not fit into needs\.dataMiB = 16$");
        Assert.Equal(17 << 20, new FileInfo(Path.Join(Folder, "large")).Length);
        Assert.False(File.Exists(Image));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("short")]
    [InlineData("superblocks")]
    public void Image_beyond_repair_is_kept_aside_and_told_and_the_product_begins_anew(string damage)
    {
        Start("echo x > $OUTWORK_DATA_DIR/file; echo told >&2; exec sleep 1000");
        _run.WaitForError("^execguard: told$");
        Stop();
        using (var file = File.OpenHandle(Image, FileMode.Open, FileAccess.ReadWrite))
        {
            if (damage == "garbage")
                RandomAccess.Write(file, Random(16 << 20), 0);
            else if (damage == "short")
                RandomAccess.SetLength(file, 100_000);
            else
                RandomAccess.Write(file, new byte[64 << 10], 0);
        }

        Begin();
        _run.WaitForError("^execguard: told$", occurrence: 2);
        if (damage != "superblocks" || File.Exists(Folder + ".broken"))
        {
            _run.WaitForError(@"^outwork-warden: execguard: WARNING: .*execguard\.ext4 is BROKEN beyond repair: it is kept as .*execguard\.broken, and the product begins with EMPTY DATA$");
            Assert.True(File.Exists(Folder + ".broken"));
        }
        else
            _run.WaitForError(@"^outwork-warden: execguard: .*execguard\.ext4 was not in order and has been repaired$");
    }

    [Fact]
    public void Another_size_is_given_to_what_is_there_when_it_fits()
    {
        Start("head -c 9m /dev/zero > $OUTWORK_DATA_DIR/nine; echo told >&2; exec sleep 1000");
        _run.WaitForError("^execguard: told$");
        Stop();
        WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), Manifest.Replace("16", "64", StringComparison.Ordinal));
        Begin();
        _run.WaitForError("^execguard: told$", occurrence: 2);
        Assert.Equal(64 << 20, new FileInfo(Image).Length);
        Stop();
        WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), Manifest.Replace("16", "8", StringComparison.Ordinal));
        Begin();
        _run.WaitForError(@"^outwork-warden: execguard is NOT STARTED: its data in .*execguard\.ext4 needs more than needs\.dataMiB = 8$");
        Stop();
        WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), Manifest.Replace("16", "32", StringComparison.Ordinal));
        Begin();
        _run.WaitForError("^execguard: told$", occurrence: 3);
        Assert.Equal(32 << 20, new FileInfo(Image).Length);
    }

    [Fact]
    public void Without_the_means_to_limit_it_only_products_without_data_start()
    {
        HideTools();
        string other = Path.Join(_run.Programs, "other");
        File.Copy(Path.Join(_run.Programs, "outwork-execguard"), other);
        File.WriteAllText(other, "#!/bin/sh\necho runs >&2\nexec sleep 1000\n");
        WardenRun.WriteManifest(other);
        Start("echo told >&2; exec sleep 1000", Manifest, "--product", "execguard=" + Path.Join(_run.Programs, "outwork-execguard"), "--product", $"other={other}");
        _run.WaitForError("^outwork-warden: execguard is NOT STARTED: it cannot be confined fully: data folder limit: .*e2fsprogs");
        _run.WaitForError("^other: runs$");
        Assert.DoesNotContain("execguard: told", _run.Errors, StringComparison.Ordinal);
        Assert.False(Path.Exists(Image));
    }

    [Fact]
    public void Without_the_means_to_limit_it_and_allowed_so_it_is_a_plain_folder_with_a_warning()
    {
        HideTools();
        Start("echo kept > $OUTWORK_DATA_DIR/file; echo told >&2; exec sleep 1000", Manifest, "--allow-weaker-confinement");
        _run.WaitForError("^outwork-warden: WARNING: execguard runs with WEAKER CONFINEMENT: data folder limit: ");
        _run.WaitForError("^execguard: told$");
        Assert.Equal("kept\n", File.ReadAllText(Path.Join(Folder, "file")));
        Assert.Empty(LoopDevices());
    }

    // In a mount namespace of the warden's own.
    private void HideTools() => _run.Wrapper =
    [
        "/usr/bin/unshare", "--mount", "/bin/sh", "-c", "mount -t tmpfs none /usr/sbin && exec \"$@\"", "sh", Path.Join(_run.Programs, "outwork-warden"),
    ];

    private void Start(string script, string manifest = Manifest, params string[] arguments)
    {
        _run.WriteScript("outwork-execguard", script);
        WardenRun.WriteManifest(Path.Join(_run.Programs, "outwork-execguard"), manifest);
        _run.Start(arguments: arguments);
    }

    private void Stop() => _run.Stop();

    private void Begin() => _run.Start(waitForProtection: false);

    private void Restart()
    {
        Stop();
        Begin();
    }

    private static byte[] Random(int length)
    {
        byte[] bytes = new byte[length];
        new Random(7).NextBytes(bytes);
        return bytes;
    }

    /// <summary>The loop devices whose file is of this run.</summary>
    private List<string> LoopDevices()
    {
        List<string> found = [];
        foreach (string device in Directory.EnumerateDirectories("/sys/block", "loop*"))
        {
            try
            {
                if (File.ReadAllText(Path.Join(device, "loop", "backing_file")).Contains(_run.Root, StringComparison.Ordinal))
                    found.Add(device);
            }
            catch (IOException)
            {
                // Not in use.
            }
        }

        return found;
    }
}
