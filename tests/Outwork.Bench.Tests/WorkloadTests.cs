using System.Runtime.InteropServices;
using Outwork.Bench.Guarded;
using Outwork.Bench.Observed;
using Outwork.Bench.Running;

namespace Outwork.Bench.Tests;

public sealed class WorkloadTests : IDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("outwork-bench-tests-").FullName;

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Storm_output_is_read_by_name()
    {
        var done = StormRun.Parse("spawns 12\nopens 340\n");

        Assert.Equal(12UL, done["spawns"]);
        Assert.Equal(340UL, done["opens"]);
    }

    [Fact]
    public async Task Source_tree_builds_and_its_program_runs()
    {
        var cancel = TestContext.Current.CancellationToken;
        SourceTree.Write(directory, files: 3);

        await Command.RunAsync("make", ["-s", "-C", directory, "all"], cancel);

        Assert.Matches("^[0-9]+\n$", await Command.RunAsync(Path.Combine(directory, "program"), [], cancel));
    }

    [Fact]
    public void Source_tree_is_always_the_same()
    {
        SourceTree.Write(Path.Combine(directory, "a"), files: 2);
        SourceTree.Write(Path.Combine(directory, "b"), files: 2);

        foreach (var file in Directory.GetFiles(Path.Combine(directory, "a")))
            Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(directory, "b", Path.GetFileName(file))));
    }

    [Theory]
    [InlineData("spawnbench")]
    [InlineData("openbench")]
    public async Task Timed_workload_writes_one_sample_an_operation(string workload)
    {
        var cancel = TestContext.Current.CancellationToken;
        var program = await CompileAsync(workload, cancel);
        var small = await CompileAsync("small", cancel);
        var output = Path.Combine(directory, "samples");

        await Command.RunAsync(program, [small, "40", "5", output], cancel);

        var samples = MemoryMarshal.Cast<byte, uint>(await File.ReadAllBytesAsync(output, cancel)).ToArray();
        Assert.Equal(40, samples.Length);
        Assert.All(samples, sample => Assert.InRange(sample, 100u, 1_000_000_000u));
    }

    [Fact]
    public async Task Storm_does_both_and_leaves_no_file()
    {
        var cancel = TestContext.Current.CancellationToken;
        var storm = await CompileAsync("storm", cancel);
        var small = await CompileAsync("small", cancel);
        var files = Directory.CreateDirectory(Path.Combine(directory, "files")).FullName;

        var done = StormRun.Parse(await Command.RunAsync(storm, [small, files, "1", "2"], cancel));

        Assert.True(done["spawns"] > 0);
        Assert.True(done["opens"] > 0);
        Assert.Empty(Directory.GetFiles(files));
    }

    [Fact]
    public async Task Keeper_ends_what_it_keeps_and_its_orphans_when_its_input_closes()
    {
        var cancel = TestContext.Current.CancellationToken;
        var keeper = await CompileAsync("keeper", cancel);
        int orphan;
        await using (var kept = KeptProcess.Start(keeper, "sh", "-c", "setsid sleep 300 & echo orphan; echo $!; exec sleep 300"))
        {
            await kept.WaitForLineAsync("orphan", TimeSpan.FromSeconds(5), cancel);
            await kept.WaitForLineAsync("", TimeSpan.FromSeconds(5), cancel);
            orphan = await OrphanAsync(kept, cancel);
            Assert.True(Directory.Exists($"/proc/{orphan}"));
        }
        Assert.False(Directory.Exists($"/proc/{orphan}"));
    }

    [Fact]
    public async Task Kept_process_that_ends_early_is_told_with_what_it_printed()
    {
        var cancel = TestContext.Current.CancellationToken;
        var keeper = await CompileAsync("keeper", cancel);
        await using var kept = KeptProcess.Start(keeper, "sh", "-c", "echo no such device");

        var failure = await Assert.ThrowsAsync<BenchFailedException>(() => kept.WaitForLineAsync("ready", TimeSpan.FromSeconds(5), cancel));

        Assert.Contains("no such device", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<int> OrphanAsync(KeptProcess kept, CancellationToken cancel)
    {
        int pid;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(20));
        while (!int.TryParse(kept.Printed().Split('\n')[^1], out pid))
            await Task.Delay(10, limit.Token);
        return pid;
    }

    private async Task<string> CompileAsync(string workload, CancellationToken cancel)
    {
        var binary = Path.Combine(directory, workload);
        var source = Path.Combine(AppContext.BaseDirectory, "workloads", workload + ".c");
        await Command.RunAsync("gcc", ["-std=gnu17", "-O2", "-o", binary, source], cancel);
        return binary;
    }
}
