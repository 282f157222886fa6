using System.Text;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Store;

public sealed class ContentStoreTests
{
    private const string Product = StoreBench.Product;
    private readonly FaultyDisk _disk = new();

    [Fact]
    public void Version_that_was_rolled_back_is_not_installed_again_by_itself()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        Assert.Null(bench.Store.RollBack(Product, "it denied the shell"));

        ContentRefusal refusal = bench.Stage(2)!;

        Assert.Equal(ContentRefusalCode.Denied, refusal.Code);
        Assert.Equal("content-denied", refusal.CodeText);
        Assert.Contains("it denied the shell", refusal.What);
        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
        // The same version with other bytes is the same version.
        Assert.Equal(ContentRefusalCode.Denied, bench.Stage(Samples.Package(Samples.Manifest with { Version = PackageVersion.Parse("2.0.0") }))!.Code);
        Assert.Null(bench.Store.Allow(Product, PackageVersion.Parse("2.0.0")));
        Assert.Null(bench.Stage(2));
    }

    [Fact]
    public void First_content_that_fails_gives_way_to_the_administrators_own()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutOnTrial(1);

        Assert.Null(bench.Store.RollBack(Product, "it crashed"));

        Assert.Null(StoreBench.Visible(_disk));
        Assert.Equal("- 1.0.0:RolledBack pin= denied=1.0.0", bench.Summary);
    }

    [Fact]
    public void Committed_content_can_be_taken_back_until_the_administrators_own_is_in_force()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutInForce(2);

        Assert.Null(bench.Store.RollBack(Product, "administrator"));
        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
        Assert.Null(bench.Store.RollBack(Product, "again"));
        Assert.Null(StoreBench.Visible(_disk));
        Assert.Equal("- 2.0.0:RolledBack pin= denied=1.0.0,2.0.0", bench.Summary);
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.RollBack(Product, "and again")!.Code);
        bench.PutInForce(3);
        Assert.Equal("3.0.0", StoreBench.Visible(_disk));
    }

    [Fact]
    public void First_content_can_be_taken_back_after_it_was_committed()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        Assert.Null(bench.Stage(2));

        Assert.Null(bench.Store.RollBack(Product, "administrator"));

        Assert.Null(StoreBench.Visible(_disk));
        Assert.Equal("- 2.0.0:Staged pin= denied=1.0.0", bench.Summary);
        Assert.Null(bench.Stage(3));
        Assert.Equal(["b", "b.json"], _disk.List(Product).Where(static name => name[0] is 'a' or 'b').Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Roll_back_of_what_was_on_trial_leaves_what_somebody_else_put_in_force()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        string second = bench.State.B!.Sha256;
        Assert.Null(bench.Store.RollBack(Product, "administrator"));

        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.RollBack(Product, "it crashed", second)!.Code);

        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
    }

    [Fact]
    public void Trial_that_says_nothing_about_the_content_is_not_counted()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        Assert.Null(bench.Stage(1));
        for (int i = 0; i < 10; i++)
        {
            Assert.Null(bench.Store.BeginTry(Product, out StagedContent? staged));
            Assert.Equal(1, staged!.Record.Tries);
            Assert.Null(bench.Store.RecordUntried(Product, "the product did not start"));
        }

        Assert.Equal("- 1.0.0:Staged pin= denied=", bench.Summary);
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.RecordUntried(Product, "again")!.Code);
    }

    [Fact]
    public void Other_package_under_a_version_that_is_here_is_refused_as_that()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);

        Assert.Equal(ContentRefusalCode.AlreadyHere, bench.Stage(1)!.Code);
        ContentRefusal refusal = bench.Stage(Samples.Package(Samples.Manifest with { Version = PackageVersion.Parse("1.0.0") }))!;

        Assert.Equal("content-version-reused", refusal.CodeText);
        Assert.Contains(bench.State.A!.Sha256, refusal.What);
    }

    [Fact]
    public void Content_is_not_committed_before_its_time()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutOnTrial(1);
        bench.Time.Advance(99);
        Assert.Equal(ContentRefusalCode.TooEarly, bench.Commit()!.Code);
        bench.Time.Advance(-1_000);
        Assert.Equal(ContentRefusalCode.TooEarly, bench.Commit()!.Code);
        bench.Time.Advance(1_001);
        Assert.Null(bench.Commit());
    }

    [Fact]
    public void Content_without_a_trial_is_not_put_in_force()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        Assert.Null(bench.Stage(1));
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.Activate(Product)!.Code);
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.RecordTried(Product, true, "")!.Code);
        Assert.Null(bench.Store.BeginTry(Product, out StagedContent? staged));
        Assert.Equal("acme-guard/a", staged!.Folder);
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.Activate(Product)!.Code);
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Commit()!.Code);
    }

    [Fact]
    public void Content_that_takes_the_machine_down_in_every_trial_is_given_up()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        Assert.Null(bench.Stage(1));
        for (int i = 0; i < 3; i++)
        {
            Assert.Null(bench.Store.BeginTry(Product, out _));
            bench.Store.Dispose();
            _disk.Reboot(Survival.Nothing, new Random(i));
            bench.Open();
        }

        Assert.Equal(ContentRefusalCode.TooManyTries, bench.Store.BeginTry(Product, out StagedContent? staged)!.Code);
        Assert.Null(staged);
        Assert.Equal("- 1.0.0:RolledBack pin= denied=1.0.0", bench.Summary);
    }

    [Fact]
    public void Content_on_trial_has_both_slots()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        Assert.Equal(ContentRefusalCode.OnTrial, bench.Stage(3)!.Code);
    }

    [Fact]
    public void Older_version_is_refused_unless_the_administrator_pinned_it()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(3);
        Assert.Equal(ContentRefusalCode.Older, bench.Stage(2)!.Code);
        Assert.Null(bench.Store.Pin(Product, PackageVersion.Parse("2.0.0")));
        Assert.Equal(ContentRefusalCode.Pinned, bench.Stage(4)!.Code);
        bench.PutInForce(2);
        Assert.Equal("2.0.0", StoreBench.Visible(_disk));
        Assert.Equal(ContentRefusalCode.AlreadyHere, bench.Stage(2)!.Code);
    }

    [Fact]
    public void Pin_to_the_version_before_puts_it_in_force_and_denies_nothing()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);

        Assert.Null(bench.Store.Pin(Product, PackageVersion.Parse("1.0.0")));

        Assert.Equal("1.0.0:Committed 2.0.0:Staged pin=1.0.0 denied=", bench.Summary);
        Assert.Null(bench.Store.BeginTry(Product, out _));
        Assert.Null(bench.Store.RecordTried(Product, true, "fine"));
        Assert.Equal(ContentRefusalCode.Pinned, bench.Store.Activate(Product)!.Code);
        Assert.Null(bench.Store.Unpin(Product));
        Assert.Null(bench.Store.Activate(Product));
        Assert.Equal("2.0.0", StoreBench.Visible(_disk));
    }

    [Fact]
    public void Package_that_does_not_belong_here_is_refused_with_its_code()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        PackageManifest manifest = Samples.Manifest with { Version = PackageVersion.Parse("5.0.0"), Requires = PackageRequirements.None };

        Assert.Equal(ContentRefusalCode.WrongProduct, bench.Stage(Samples.Package(manifest with { Product = "other" }))!.Code);
        Assert.Equal(ContentRefusalCode.WrongProduct, bench.Stage(Samples.Package(manifest with { Kind = PackageKind.Product, Schema = null }))!.Code);
        Assert.Equal(ContentRefusalCode.WrongVendor, bench.Stage(Samples.Package(manifest with { Vendor = "other" }))!.Code);
        Assert.Equal(ContentRefusalCode.Incompatible, bench.Stage(Samples.Package(manifest with { Requires = new PackageRequirements { Systems = ["other-x64"] } }))!.Code);
        Assert.Equal(ContentRefusalCode.Incompatible, bench.Stage(Samples.Package(manifest with
        {
            Requires = new PackageRequirements { Outwork = new PackageVersionRange(PackageVersion.Parse("9.0.0"), null) },
        }))!.Code);
        ContentRefusal wrong = bench.Store.Stage(Product, new MemoryStream(Samples.Package(manifest)), new string('0', 64))!;
        Assert.Equal((ContentRefusalCode.PackageRefused, "package-wrong-package"), (wrong.Code, wrong.CodeText));
        Assert.Equal("package-compressed", bench.Stage([0x1f, 0x8b, 0, 0])!.CodeText);
        Assert.Equal(ContentRefusalCode.NothingThere, bench.Store.Stage("../x", Stream.Null, "")!.Code);
        Assert.Equal("1.0.0:Committed - pin= denied=", bench.Summary);
    }

    [Fact]
    public void Product_version_that_the_content_is_not_for_is_refused()
    {
        ContentStoreOptions options = StoreBench.Options with { ProductVersion = static _ => PackageVersion.Parse("3.0.0") };
        using StoreBench bench = new StoreBench(_disk, options).Open();
        Assert.Equal(ContentRefusalCode.Incompatible, bench.Stage(1)!.Code);
    }

    [Fact]
    public void Damaged_package_that_can_be_read_twice_costs_nothing_that_is_there()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutInForce(2);
        byte[] damaged = [.. StoreBench.PackageOf(3)];
        damaged[^1600] ^= 1;

        Assert.Equal(ContentRefusalCode.PackageRefused, bench.Stage(damaged)!.Code);

        Assert.Equal("2.0.0:Committed 1.0.0:Retired pin= denied=", bench.Summary);
    }

    [Fact]
    public void Quotas_are_checked_before_anything_is_written()
    {
        long one = 4 * 4096 * 2 + 4 * 4096;
        using StoreBench bench = new StoreBench(_disk, StoreBench.Options with { ProductBytes = one + 4096 }).Open();
        bench.PutInForce(1);
        int before = _disk.Operations;
        Assert.Equal(ContentRefusalCode.ProductQuota, bench.Stage(2)!.Code);
        Assert.Equal(before, _disk.Operations);

        using StoreBench whole = new StoreBench(new FaultyDisk(), StoreBench.Options with { StoreBytes = one, Products = 2 }).Open();
        Assert.Null(whole.Stage(1));
        PackageManifest other = Samples.Manifest with { Product = "other" };
        Assert.Equal(ContentRefusalCode.StoreQuota, Stage(whole, other)!.Code);
        using StoreBench few = new StoreBench(new FaultyDisk(), StoreBench.Options with { Products = 1 }).Open();
        Assert.Equal(ContentRefusalCode.PackageRefused, few.Store.Stage("nonsense", new MemoryStream(), "")!.Code);
        Assert.Null(few.Stage(1));
        Assert.Equal(ContentRefusalCode.TooManyProducts, Stage(few, other)!.Code);

        static ContentRefusal? Stage(StoreBench bench, PackageManifest manifest)
        {
            byte[] package = Samples.Package(manifest);
            return bench.Store.Stage("other", new MemoryStream(package), Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(package)));
        }
    }

    [Fact]
    public void Store_is_one_process_alone()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        Assert.Null(ContentStore.Open(_disk, StoreBench.Options, bench.Time, out ContentRefusal? refusal));
        Assert.Equal(ContentRefusalCode.Locked, refusal!.Code);
    }

    [Fact]
    public void History_tells_the_story_and_stays_bounded()
    {
        using StoreBench bench = new StoreBench(_disk, StoreBench.Options with { HistoryBytes = 8_192 }).Open();
        bench.PutInForce(1);
        Assert.Equal(
            [ContentEvent.Staged, ContentEvent.TryBegun, ContentEvent.Tried, ContentEvent.Activated, ContentEvent.Committed],
            bench.Store.History(Product).Select(static e => e.Event));
        for (int i = 0; i < 200; i++)
        {
            Assert.Null(bench.Store.Pin(Product, PackageVersion.Parse("1.0.0")));
            Assert.InRange(_disk.LengthOf("acme-guard/history.jsonl"), 1, 8_192);
        }

        IReadOnlyList<ContentHistoryEntry> history = bench.Store.History(Product);
        Assert.Equal(205, history[^1].Sequence);
        Assert.InRange(history.Count, 10, 100);
    }

    [Fact]
    public void State_file_is_the_golden_one()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        Assert.Null(bench.Store.RollBack(Product, "it crashed"));
        Assert.Null(bench.Store.Pin(Product, PackageVersion.Parse("3.0.0")));
        foreach (string name in new[] { "state.json", "history.jsonl" })
        {
            using var reader = new StreamReader(_disk.OpenRead("acme-guard/" + name), Encoding.UTF8);
            string path = Path.Combine(Repository.Root, "testassets", "golden", "content-store", name);
            if (Environment.GetEnvironmentVariable("OUTWORK_WRITE_GOLDEN") == "1")
                File.WriteAllText(path, reader.ReadToEnd());
            else
                Assert.Equal(File.ReadAllText(path), reader.ReadToEnd());
        }
    }
}
