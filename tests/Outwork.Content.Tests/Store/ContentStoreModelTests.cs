using FsCheck;
using FsCheck.Fluent;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Store;

/// <summary>Random lives of content, with power cuts, beside a model that has no disk.</summary>
public sealed class ContentStoreModelTests
{
    private static readonly What[] ToTheEnd = [What.Stage, What.BeginTry, What.Pass, What.Activate, What.Commit];

    private static readonly Gen<Operation> Single =
        from what in Gen.Frequency(
            (6, Gen.Constant(What.Stage)), (6, Gen.Constant(What.BeginTry)), (6, Gen.Constant(What.Pass)), (1, Gen.Constant(What.Fail)), (6, Gen.Constant(What.Activate)),
            (3, Gen.Constant(What.Commit)), (2, Gen.Constant(What.RollBack)), (1, Gen.Constant(What.Pin)), (2, Gen.Constant(What.Unpin)), (1, Gen.Constant(What.Allow)), (1, Gen.Constant(What.Untried)), (1, Gen.Constant(What.Damage)), (1, Gen.Constant(What.Reopen)))
        from version in Gen.Choose(1, 9)
        from cut in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
        from survival in Gen.Choose(0, 2)
        select new Operation(what, version, cut, survival);

    // Chance alone seldom commits anything: whole ways are among the steps, perhaps cut, too.
    private static readonly Gen<Operation[]> Whole =
        from version in Gen.Choose(1, 9)
        from cut in Gen.Frequency((2, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
        from at in Gen.Choose(0, ToTheEnd.Length - 1)
        from survival in Gen.Choose(0, 2)
        select ToTheEnd.Select((what, i) => new Operation(what, version, i == at ? cut : 0, survival)).ToArray();

    private static readonly Gen<Operation[]> Operations = Gen.Frequency((3, Single.Select(static one => new[] { one })), (2, Whole));

    [Theory]
    [InlineData(1u, 250)]
    [InlineData(20261121u, 250)]
    public void Store_does_what_the_model_does_through_power_cuts(ulong seed, int lives)
    {
        var coverage = new HashSet<string>();
        Prop.ForAll(Arb.From(Operations.ListOf().Where(static list => list.Count > 0)), operations => Run([.. operations.SelectMany(static part => part)], coverage))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(lives).WithReplay(seed, 1).WithEndSize(60).WithQuietOnSuccess(true));
        // A model that never gets anywhere would agree with everything.
        Assert.Empty(new[] { "OnTrial", "Committed", "Retired", "RolledBack", "cut", "nothing in force" }.Except(coverage));
    }

    private static bool Run(Operation[] operations, HashSet<string> coverage)
    {
        var disk = new FaultyDisk();
        var random = new Random(operations.Length);
        using StoreBench bench = new StoreBench(disk).Open();
        var model = new StoreModel();
        foreach (Operation operation in operations)
        {
            StoreModel before = model;
            (model, bool accepted) = operation.What == What.Reopen ? (model, true) : model.Apply(operation.What, operation.Version);
            disk.CutAt = operation.Cut == 0 ? 0 : disk.Operations + operation.Cut;
            try
            {
                bool done = Do(bench, disk, operation);
                disk.CutAt = 0;
                Assert.True(accepted == done, $"{operation.What} {operation.Version} of {before}: the model says {accepted}, the store {done}");
            }
            catch (PowerCut)
            {
                coverage.Add("cut");
                disk.Reboot((Survival)operation.Survival, random);
                bench.Open();
                StoreModel cleared = operation.What == What.Stage && accepted ? before with { Other = null, Tries = 0 } : before;
                model = OneOf(bench.Summary, before, cleared, model);
            }

            Assert.Equal(model.ToString(), bench.Summary);
            Assert.Equal(model.InForce is { } v ? StoreBench.Version(v.Version) : null, StoreBench.Visible(disk));
            Note(coverage, bench.State.A);
            Note(coverage, bench.State.B);
            if (bench.State is { InForce: null, A: null, B.Phase: SlotPhase.Staged })
                coverage.Add("nothing in force");
        }

        return true;
    }

    private static StoreModel OneOf(string summary, params StoreModel[] candidates) =>
        candidates.FirstOrDefault(candidate => candidate.ToString() == summary)
        ?? throw new InvalidOperationException($"{summary} is none of {string.Join(" | ", candidates.AsEnumerable())}");

    private static void Note(HashSet<string> coverage, SlotRecord? record)
    {
        if (record is not null)
            coverage.Add(record.Phase.ToString());
    }

    private static bool Do(StoreBench bench, FaultyDisk disk, Operation operation)
    {
        PackageVersion version = PackageVersion.Parse(StoreBench.Version(operation.Version));
        switch (operation.What)
        {
            case What.Stage: return bench.Stage(operation.Version) is null;
            case What.BeginTry: return bench.Store.BeginTry(StoreBench.Product, out _) is null;
            case What.Pass: return bench.Store.RecordTried(StoreBench.Product, true, "fine") is null;
            case What.Fail: return bench.Store.RecordTried(StoreBench.Product, false, "it crashed") is null;
            case What.Untried: return bench.Store.RecordUntried(StoreBench.Product, "the agent went away") is null;
            case What.Activate: return bench.Store.Activate(StoreBench.Product) is null;
            case What.Commit:
                bench.Time.Advance(1_000);
                return bench.Commit() is null;
            case What.RollBack: return bench.Store.RollBack(StoreBench.Product, "it hung") is null;
            case What.Pin: return bench.Store.Pin(StoreBench.Product, version) is null;
            case What.Unpin: return bench.Store.Unpin(StoreBench.Product) is null;
            case What.Allow: return bench.Store.Allow(StoreBench.Product, version) is null;
            case What.Damage:
                if (bench.State.InForce is not { } slot)
                    return false;
                disk.Spoil($"{StoreBench.Product}/{(slot == ContentSlot.A ? 'a' : 'b')}/version", static bytes => bytes[1..]);
                bench.Open();
                return true;
            default:
                bench.Open();
                return true;
        }
    }

    private sealed record Operation(What What, int Version, int Cut, int Survival);
}
