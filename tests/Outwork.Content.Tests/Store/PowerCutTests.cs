using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Store;

/// <summary>
/// A life of content with every transition there is, in which the power is cut at each operation on the disk; after each cut the device has one whole
/// content, even before the store is opened, and the step that was under way is done or not begun.
/// </summary>
public sealed class PowerCutTests
{
    private static readonly (string Name, Func<StoreBench, ContentRefusal?> Act)[] Life =
    [
        ("stage 1", b => b.Stage(1)),
        ("try 1", b => b.Store.BeginTry(StoreBench.Product, out _)),
        ("pass 1", b => b.Store.RecordTried(StoreBench.Product, true, "fine")),
        ("activate 1", b => b.Store.Activate(StoreBench.Product)),
        ("commit 1", Commit),
        ("stage 2", b => b.Stage(2)),
        ("try 2", b => b.Store.BeginTry(StoreBench.Product, out _)),
        ("fail 2", b => b.Store.RecordTried(StoreBench.Product, false, "it crashed")),
        ("stage 3", b => b.Stage(3)),
        ("stage 4 in its place", b => b.Stage(4)),
        ("try 4", b => b.Store.BeginTry(StoreBench.Product, out _)),
        ("pass 4", b => b.Store.RecordTried(StoreBench.Product, true, "fine")),
        ("activate 4", b => b.Store.Activate(StoreBench.Product)),
        ("roll back 4", b => b.Store.RollBack(StoreBench.Product, "it denied the shell")),
        ("stage 5", b => b.Stage(5)),
        ("try 5", b => b.Store.BeginTry(StoreBench.Product, out _)),
        ("pass 5", b => b.Store.RecordTried(StoreBench.Product, true, "fine")),
        ("activate 5", b => b.Store.Activate(StoreBench.Product)),
        ("commit 5", Commit),
        ("pin 1", b => b.Store.Pin(StoreBench.Product, PackageVersion.Parse("1.0.0"))),
        ("unpin", b => b.Store.Unpin(StoreBench.Product)),
        ("allow 2", b => b.Store.Allow(StoreBench.Product, PackageVersion.Parse("2.0.0"))),
        ("stage 6", b => b.Stage(6)),
    ];

    [Fact]
    public void Life_without_a_power_cut_goes_as_meant()
    {
        (string[] states, int operations, _) = Uncut();

        Assert.Equal("1.0.0:OnTrial - pin= denied=", states[4]);
        Assert.Equal("1.0.0:Committed 2.0.0:RolledBack pin= denied=2.0.0", states[8]);
        Assert.Equal("1.0.0:Committed 4.0.0:RolledBack pin= denied=2.0.0,4.0.0", states[14]);
        Assert.Equal("5.0.0:Committed 1.0.0:Retired pin= denied=2.0.0,4.0.0", states[19]);
        Assert.Equal("1.0.0:Committed 5.0.0:Retired pin=1.0.0 denied=2.0.0,4.0.0", states[20]);
        Assert.Equal("1.0.0:Committed 6.0.0:Staged pin= denied=4.0.0", states[^1]);
        Assert.InRange(operations, 200, 2_000);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 3)]
    public void Power_cut_at_any_operation_leaves_one_whole_content_and_a_legal_state(int survival, int seed)
    {
        (string[] states, int operations, int[] ends) = Uncut();
        var random = new Random(seed);
        for (int cut = 1; cut <= operations; cut++)
        {
            var disk = new FaultyDisk();
            using StoreBench bench = RunUntilCut(disk, cut, out int step);
            Assert.True(step < Life.Length && cut <= ends[step], $"cut {cut} came in step {step}");
            disk.Reboot((Survival)survival, random);

            string where = $"cut {cut} in '{Life[step].Name}'";
            string? seen = StoreBench.Visible(disk);
            Assert.Contains(seen, new[] { InForce(states[step]), InForce(states[step + 1]) });
            bench.Open();
            CheckRecovered(bench, disk, states, step, where);
            GoOn(bench, disk, where);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Power_cut_while_recovering_from_a_power_cut_changes_nothing(int survival)
    {
        (string[] states, int operations, _) = Uncut();
        var random = new Random(20261121);
        int recoveries = 0;
        for (int cut = 1; cut <= operations; cut += 3)
        {
            for (int second = 1; ; second++)
            {
                var disk = new FaultyDisk();
                using StoreBench bench = RunUntilCut(disk, cut, out int step);
                disk.Reboot((Survival)survival, random);
                disk.CutAt = second;
                bool recovered = TryOpen(bench);
                disk.Reboot((Survival)survival, random);
                Assert.Contains(StoreBench.Visible(disk), new[] { InForce(states[step]), InForce(states[step + 1]) });
                bench.Open();
                CheckRecovered(bench, disk, states, step, $"cut {cut} in '{Life[step].Name}', then {second} of the recovery");
                if (recovered)
                    break;
                recoveries++;
            }
        }

        Assert.InRange(recoveries, 50, 100_000);
    }

    [Fact]
    public void Full_disk_at_any_operation_is_refused_and_what_is_in_force_stays()
    {
        (string[] states, int operations, int[] ends) = Uncut();
        for (int fail = 1; fail <= operations; fail++)
        {
            var disk = new FaultyDisk { FailAt = fail };
            using var bench = new StoreBench(disk);
            bench.Open();
            int refusals = 0;
            for (int step = 0; step < Life.Length; step++)
            {
                ContentRefusal? refusal = Life[step].Act(bench);
                if (refusal?.Code is ContentRefusalCode.DiskFailed or ContentRefusalCode.Unfinished)
                {
                    refusals++;
                    string where = $"failure {fail} in '{Life[step].Name}': {refusal}";
                    Assert.True(fail <= ends[step], where);
                    Assert.Contains(StoreBench.Visible(disk), new[] { InForce(states[step]), InForce(states[step + 1]) });
                    // The disk has space again, as the agent finds: nobody asks for the step a second time before it is known whether it was done.
                    Assert.Null(bench.Store.Settle(StoreBench.Product));
                    Assert.True(InForce(bench.Summary) == StoreBench.Visible(disk), where);
                    bool isDone = bench.Summary == states[step + 1] && bench.State.Sequence == step + 1;
                    Assert.True(isDone || refusal.Code == ContentRefusalCode.DiskFailed, where);
                    if (isDone)
                        Assert.Equal(bench.State.Sequence, bench.Store.History(StoreBench.Product)[^1].Sequence);
                    else
                        Assert.Null(Life[step].Act(bench));
                }

                Assert.Equal(states[step + 1], bench.Summary);
                Assert.Equal(InForce(bench.Summary), StoreBench.Visible(disk));
            }

            Assert.Equal(1, refusals);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Power_cut_while_a_lost_state_is_salvaged_loses_nothing_more(int survival)
    {
        var random = new Random(20261121);
        bool recovered = false;
        for (int cut = 1; !recovered; cut++)
        {
            var disk = new FaultyDisk();
            using StoreBench bench = new StoreBench(disk).Open();
            bench.PutOnTrial(1);
            Assert.Null(bench.Store.RollBack(StoreBench.Product, "it crashed"));
            long sequence = bench.State.Sequence;
            disk.Spoil("acme-guard/state.json", static bytes => bytes[1..]);
            disk.CutAt = disk.Operations + cut;
            recovered = TryOpen(bench);
            disk.Reboot((Survival)survival, random);
            bench.Open();

            Assert.Equal("- - pin= denied=1.0.0", bench.Summary);
            Assert.Equal(sequence + 1, bench.State.Sequence);
            Assert.Equal(Enumerable.Range(1, (int)sequence + 1).Select(static n => (long)n), bench.Store.History(StoreBench.Product).Select(static e => e.Sequence));
        }
    }

    private static ContentRefusal? Commit(StoreBench bench)
    {
        bench.Time.Advance(1_000);
        return bench.Commit();
    }

    private static string? InForce(string summary) => summary[0] == '-' ? null : summary.Split(':')[0];

    private static (string[] States, int Operations, int[] Ends) Uncut()
    {
        var disk = new FaultyDisk();
        using var bench = new StoreBench(disk);
        bench.Open();
        var states = new List<string> { bench.Summary };
        var ends = new List<int>();
        foreach ((string name, Func<StoreBench, ContentRefusal?> act) in Life)
        {
            ContentRefusal? refusal = act(bench);
            Assert.True(refusal is null, $"{name}: {refusal}");
            states.Add(bench.Summary);
            ends.Add(disk.Operations);
            Assert.Equal(InForce(bench.Summary), StoreBench.Visible(disk));
        }

        return ([.. states], disk.Operations, [.. ends]);
    }

    private static StoreBench RunUntilCut(FaultyDisk disk, int cut, out int step)
    {
        var bench = new StoreBench(disk);
        bench.Open();
        disk.CutAt = cut;
        step = 0;
        try
        {
            for (; step < Life.Length; step++)
                Life[step].Act(bench);
        }
        catch (PowerCut)
        {
            return bench;
        }

        return bench;
    }

    private static bool TryOpen(StoreBench bench)
    {
        try
        {
            bench.Open();
            return true;
        }
        catch (PowerCut)
        {
            return false;
        }
    }

    private static void CheckRecovered(StoreBench bench, FaultyDisk disk, string[] states, int step, string where)
    {
        string recovered = bench.Summary;
        // Staging makes room first: then what was in the slot that is free anyway is gone.
        string[] words = states[step].Split(' ');
        string cleared = string.Join(' ', [words[0], "-", .. words[2..]]);
        bool legal = recovered == states[step] || recovered == states[step + 1] || (Life[step].Name.StartsWith("stage", StringComparison.Ordinal) && recovered == cleared);
        Assert.True(legal, $"{where}: {recovered} is neither {states[step]} nor {states[step + 1]}");
        Assert.Null(bench.State.Fault());
        Assert.Equal(InForce(recovered), StoreBench.Visible(disk));
        IReadOnlyList<ContentHistoryEntry> history = bench.Store.History(StoreBench.Product);
        Assert.Equal(Enumerable.Range(1, (int)bench.State.Sequence).Select(static n => (long)n), history.Select(static e => e.Sequence));
        Assert.DoesNotContain(history, static e => e.Event == ContentEvent.Repaired);
    }

    // A store that came up must be a store that works.
    private static void GoOn(StoreBench bench, FaultyDisk disk, string where)
    {
        if (bench.State[bench.State.InForce]?.Phase == SlotPhase.OnTrial)
            Assert.Null(bench.Store.RollBack(StoreBench.Product, "to go on"));
        if (bench.State.Pin is not null)
            Assert.Null(bench.Store.Unpin(StoreBench.Product));
        bench.PutInForce(9);
        Assert.True(StoreBench.Visible(disk) == "9.0.0", where);
        Assert.DoesNotContain(disk.List(StoreBench.Product), static name => name.EndsWith(".new", StringComparison.Ordinal));
    }
}
