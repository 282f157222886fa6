using System.Diagnostics;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Content.Tests.Store;

/// <summary>The store on a real file system.</summary>
public sealed class DiskContentFilesTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("outwork-store-").FullName;
    private readonly DiskContentFiles _files;

    public DiskContentFilesTests() => _files = new DiskContentFiles(_root);

    [Fact]
    public void Whole_life_on_a_real_disk_goes_as_meant()
    {
        using StoreBench bench = new StoreBench(_files).Open();
        bench.PutInForce(1);
        Assert.Equal("1.0.0", StoreBench.Visible(_files));
        bench.PutOnTrial(2);
        Assert.Equal("2.0.0", StoreBench.Visible(_files));
        Assert.Equal("b", new FileInfo(_root + "/acme-guard/current").LinkTarget);

        long started = Stopwatch.GetTimestamp();
        Assert.Null(bench.Store.RollBack(StoreBench.Product, "it crashed"));
        Assert.InRange(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 0, 1_000);

        Assert.Equal("1.0.0", StoreBench.Visible(_files));
        bench.Open();
        Assert.Equal("1.0.0:Committed 2.0.0:RolledBack pin= denied=2.0.0", bench.Summary);
        bench.PutInForce(3);
        bench.PutInForce(4);
        Assert.Equal("4.0.0", StoreBench.Visible(_files));
        Assert.Equal(["a", "a.json", "b", "b.json", "current", "history.jsonl", "state.json"], _files.List("acme-guard").Order(StringComparer.Ordinal));
        Assert.Equal(bench.State.Sequence, bench.Store.History(StoreBench.Product).Count);
    }

    [Fact]
    public void Product_of_any_user_can_read_its_content_and_write_none_of_it()
    {
        using StoreBench bench = new StoreBench(_files).Open();
        bench.PutOnTrial(1);

        Assert.Equal((UnixFileMode)0x1ed, File.GetUnixFileMode(_root + "/acme-guard"));
        Assert.Equal((UnixFileMode)0x1ed, File.GetUnixFileMode(_root + "/acme-guard/a"));
        Assert.Equal((UnixFileMode)0x1ed, File.GetUnixFileMode(_root + "/acme-guard/a/rules/deep"));
        Assert.Equal((UnixFileMode)0x1a4, File.GetUnixFileMode(_root + "/acme-guard/a/rules/deep/deny.txt"));
        Assert.Equal((UnixFileMode)0x1ed, File.GetUnixFileMode(_root + "/acme-guard/a/rules/only-1"));
    }

    [Fact]
    public void Store_on_a_disk_is_one_process_alone()
    {
        using StoreBench bench = new StoreBench(_files).Open();
        Assert.Null(ContentStore.Open(new DiskContentFiles(_root), StoreBench.Options, bench.Time, out ContentRefusal? refusal));
        Assert.Equal(ContentRefusalCode.Locked, refusal!.Code);
        bench.Store.Dispose();
        using ContentStore? second = ContentStore.Open(new DiskContentFiles(_root), StoreBench.Options, bench.Time, out ContentRefusal? none);
        Assert.Null(none);
        Assert.Empty(second!.List());
    }

    [Fact]
    public void Symbolic_link_in_the_place_of_a_slots_file_is_found_and_not_followed()
    {
        using StoreBench bench = new StoreBench(_files).Open();
        bench.PutInForce(1);
        bench.PutInForce(2);
        bench.Store.Dispose();
        string same = Path.Join(_root, "same");
        File.Move(_root + "/acme-guard/b/version", same);
        File.CreateSymbolicLink(_root + "/acme-guard/b/version", same);
        bench.Open();

        Assert.Equal("1.0.0", StoreBench.Visible(_files));
        Assert.True(File.Exists(same));
        Assert.ThrowsAny<IOException>(() => _files.OpenRead("acme-guard/current"));
    }

    [Fact]
    public void Store_that_cannot_be_written_is_told()
    {
        Assert.Null(ContentStore.Open(new DiskContentFiles(_root + "/missing"), StoreBench.Options, TimeProvider.System, out ContentRefusal? refusal));
        Assert.Equal(ContentRefusalCode.DiskFailed, refusal!.Code);
    }

    [Fact]
    public void Link_is_replaced_at_once_while_somebody_reads_through_it()
    {
        using StoreBench bench = new StoreBench(_files).Open();
        bench.PutInForce(1);
        using var done = new CancellationTokenSource();
        int reads = 0;
        string? wrong = null;
        var reader = new Thread(() =>
        {
            while (!done.IsCancellationRequested)
            {
                string read = Read(_root + "/acme-guard/current/version");
                wrong ??= read is "1.0.0" or "2.0.0" ? null : read;
                Interlocked.Increment(ref reads);
            }
        }) { IsBackground = true };
        reader.Start();
        Assert.Null(bench.Stage(2));
        for (int i = 0; i < 20; i++)
        {
            Assert.Null(bench.Store.BeginTry(StoreBench.Product, out _));
            Assert.Null(bench.Store.RecordTried(StoreBench.Product, true, "fine"));
            Assert.Null(bench.Store.Activate(StoreBench.Product));
            // Back, and without denying it, so that it can be put in force again.
            Assert.Null(bench.Store.Pin(StoreBench.Product, PackageVersion.Parse("1.0.0")));
            Assert.Null(bench.Store.Unpin(StoreBench.Product));
        }

        done.Cancel();
        reader.Join();
        Assert.True(reads > 0);
        Assert.Null(wrong);
    }

    private static string Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (IOException gone)
        {
            return gone.Message;
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
