using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Store;

/// <summary>Steps that the disk lets nobody finish, products that it lets nobody read, and products that wait for each other.</summary>
public sealed class UnfinishedStepTests
{
    private const string Product = StoreBench.Product;
    private readonly FaultyDisk _disk = new();

    // The state's file: delete nothing, create, write, synchronise, rename, synchronise the folder; then the link is made.
    private const int SavingTakes = 5;

    [Fact]
    public void Roll_back_whose_link_could_not_be_turned_is_finished_without_being_asked_for_again()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        _disk.FailAt = _disk.Operations + SavingTakes + 1;

        ContentRefusal refusal = bench.Store.RollBack(Product, "it crashed")!;

        Assert.Equal("content-unfinished", refusal.CodeText);
        Assert.Equal("2.0.0", StoreBench.Visible(_disk));
        Assert.Equal("1.0.0:Committed 2.0.0:RolledBack pin= denied=2.0.0", bench.Summary);
        Assert.Null(bench.Store.Settle(Product));
        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
        Assert.Equal(ContentEvent.RolledBack, bench.Store.History(Product)[^1].Event);
        Assert.Null(bench.Store.Settle(Product));
    }

    [Fact]
    public void Step_after_one_that_is_not_finished_is_not_taken_for_that_one()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        _disk.FailAt = _disk.Operations + SavingTakes + 1;
        Assert.Equal(ContentRefusalCode.Unfinished, bench.Store.RollBack(Product, "it crashed")!.Code);
        // The very next one, which would finish it.
        _disk.FailAt = _disk.Operations + 1;

        Assert.Equal(ContentRefusalCode.DiskFailed, bench.Store.Pin(Product, PackageVersion.Parse("1.0.0"))!.Code);

        Assert.Null(bench.Store.Settle(Product));
        Assert.Equal("1.0.0:Committed 2.0.0:RolledBack pin= denied=2.0.0", bench.Summary);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Content_that_was_led_to_late_is_on_trial_from_then(bool isPowerCut)
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        Assert.Null(bench.Stage(2));
        Assert.Null(bench.Store.BeginTry(Product, out _));
        Assert.Null(bench.Store.RecordTried(Product, passed: true, "fine"));
        if (isPowerCut)
        {
            _disk.CutAt = _disk.Operations + SavingTakes + 1;
            Assert.Throws<PowerCut>(() => bench.Store.Activate(Product));
            _disk.Reboot(Survival.Nothing, new Random(1));
        }
        else
        {
            _disk.FailAt = _disk.Operations + SavingTakes + 1;
            Assert.Equal(ContentRefusalCode.Unfinished, bench.Store.Activate(Product)!.Code);
        }

        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
        bench.Time.Advance(1_000);
        if (isPowerCut)
            bench.Open();

        Assert.Equal(ContentRefusalCode.TooEarly, bench.Commit()!.Code);

        Assert.Equal("2.0.0", StoreBench.Visible(_disk));
        bench.Time.Advance(100);
        Assert.Null(bench.Commit());
    }

    [Fact]
    public void First_product_whose_state_was_renamed_and_not_synchronised_is_not_forgotten()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        Assert.Null(bench.Stage(1));
        int operations = _disk.Operations;
        for (int back = 0; back < 12; back++)
        {
            var disk = new FaultyDisk { FailAt = operations - back };
            using StoreBench first = new StoreBench(disk).Open();
            ContentRefusal? refusal = first.Stage(1);
            Assert.True(refusal?.Code is ContentRefusalCode.DiskFailed or ContentRefusalCode.Unfinished);
            Assert.Null(first.Store.Settle(Product));
            Assert.Equal(disk.KindOf("acme-guard/state.json") == ContentEntryKind.File ? "1.0.0" : null, first.State.A?.Version);
        }
    }

    [Fact]
    public void Product_that_cannot_be_read_keeps_no_other_from_being_there()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        Stage(bench, "other");
        bench.Store.Dispose();
        _disk.Unopenable.Add("acme-guard/a/version");
        bench.Open();

        Assert.Equal("1.4.0", bench.Store.StateOf("other").A?.Version);
        Assert.Equal(ContentRefusalCode.DiskFailed, bench.Store.RollBack(Product, "administrator")!.Code);
        Assert.Equal(ContentRefusalCode.DiskFailed, bench.Store.Settle(Product)!.Code);
        Assert.Equal("a", _disk.ReadLink("acme-guard/current"));
        _disk.Unopenable.Clear();
        Assert.Null(bench.Store.Settle(Product));
        Assert.Equal("1.0.0:Committed - pin= denied=", bench.Summary);
    }

    [Fact]
    public async Task Roll_back_waits_for_no_package_of_another_product()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        using var package = new SlowStream(Samples.Package(Samples.Manifest with { Product = "other" }));
        Task<ContentRefusal?> staging = Task.Run(() => bench.Store.Stage("other", package, package.Sha256), TestContext.Current.CancellationToken);
        Assert.True(package.IsBeingRead.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        try
        {
            Task<ContentRefusal?> back = Task.Run(() => bench.Store.RollBack(Product, "it crashed"), TestContext.Current.CancellationToken);
            Assert.Null(await back.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
            Assert.Equal(0, bench.Store.StateOf("other").Sequence);
        }
        finally
        {
            package.MayBeRead.Set();
        }

        Assert.Null(await staging);
        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
    }

    [Fact]
    public async Task Room_for_a_package_that_is_being_unpacked_is_given_to_no_other()
    {
        using StoreBench bench = new StoreBench(_disk, StoreBench.Options with { StoreBytes = 100_000 }).Open();
        // Read twice: the second time room is kept for it, and its file is being written.
        using var package = new SlowStream(Samples.Package(Samples.Manifest with { Product = "other" }, Samples.Source("large", new byte[50_000])), readsBefore: 1);
        Task<ContentRefusal?> staging = Task.Run(() => bench.Store.Stage("other", package, package.Sha256), TestContext.Current.CancellationToken);
        Assert.True(package.IsBeingRead.Wait(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
        try
        {
            Assert.Equal(ContentRefusalCode.StoreQuota, bench.Stage(1)!.Code);
        }
        finally
        {
            package.MayBeRead.Set();
        }

        Assert.Null(await staging);
    }

    private static void Stage(StoreBench bench, string product)
    {
        using var package = new SlowStream(Samples.Package(Samples.Manifest with { Product = product }));
        package.MayBeRead.Set();
        Assert.Null(bench.Store.Stage(product, package, package.Sha256));
    }
}
