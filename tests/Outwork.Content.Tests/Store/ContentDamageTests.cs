using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Content.Tests.Support;

namespace Outwork.Content.Tests.Store;

/// <summary>What a disk, or a hand, did to the store while it was closed.</summary>
public sealed class ContentDamageTests
{
    private const string Product = StoreBench.Product;
    private readonly FaultyDisk _disk = new();

    [Theory]
    [InlineData("acme-guard/b/version", "1.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/b/rules/deep/deny.txt", "1.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/b.json", "1.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/a/version", "2.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/state.json", "2.0.0:Committed 1.0.0:Retired pin= denied=")]
    public void Damage_on_the_disk_is_found_and_what_is_whole_is_in_force(string path, string after)
    {
        foreach (Func<byte[], byte[]?> damage in new Func<byte[], byte[]?>[] { Flip, static _ => null, static bytes => bytes[..^1], static bytes => [.. bytes, 0] })
        {
            var disk = new FaultyDisk();
            using StoreBench bench = new StoreBench(disk).Open();
            bench.PutInForce(1);
            bench.PutInForce(2);
            disk.Spoil(path, damage);
            bench.Open();

            Assert.Equal(after, bench.Summary);
            Assert.Equal(after.Split(':')[0], StoreBench.Visible(disk));
            ContentHistoryEntry last = bench.Store.History(Product)[^1];
            Assert.Equal(ContentEvent.Repaired, last.Event);
            Assert.Contains(path.Contains("state", StringComparison.Ordinal) ? "state.json" : "is damaged", last.Text);
            bench.PutInForce(3);
        }
    }

    [Fact]
    public void Damage_of_all_there_is_leaves_the_administrators_own_content()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        _disk.Spoil("acme-guard/a/version", Flip);
        bench.Open();

        Assert.Equal("- - pin= denied=", bench.Summary);
        Assert.Null(StoreBench.Visible(_disk));
        bench.PutInForce(2);
    }

    [Fact]
    public void Salvaged_content_has_the_digest_of_its_package()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        string digest = bench.State.A!.Sha256;
        _disk.Spoil("acme-guard/state.json", Flip);
        bench.Open();
        Assert.Equal(digest, bench.State.A!.Sha256);
    }

    [Fact]
    public void Lost_state_with_content_on_trial_keeps_the_proven_one_and_what_was_denied_and_pinned()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        Assert.Null(bench.Store.RollBack(Product, "it denied the shell"));
        bench.PutOnTrial(3);
        Assert.Null(bench.Store.RollBack(Product, "it hung"));
        Assert.Null(bench.Store.Allow(Product, PackageVersion.Parse("3.0.0")));
        bench.PutOnTrial(4);
        Assert.Null(bench.Store.Pin(Product, PackageVersion.Parse("4.0.0")));
        string before = bench.Summary;
        _disk.Spoil("acme-guard/state.json", Flip);
        bench.Open();

        Assert.Equal("4.0.0:OnTrial 1.0.0:Committed pin=4.0.0 denied=2.0.0", before);
        Assert.Equal(before, bench.Summary);
        Assert.Equal(ContentSlot.A, bench.State.LastKnownGood);
        DeniedVersion denied = Assert.Single(bench.State.Denied);
        Assert.Equal("acme", denied.Vendor);
        Assert.Contains("it denied the shell", denied.Reason);
        Assert.Null(bench.Store.RollBack(Product, "it crashed"));
        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
        Assert.Equal(ContentEntryKind.File, _disk.KindOf("acme-guard/state.json.damaged"));
    }

    [Fact]
    public void Lost_state_with_a_damaged_slot_returns_to_what_is_proven()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        _disk.Spoil("acme-guard/state.json", static _ => null);
        _disk.Spoil("acme-guard/b/version", Flip);
        bench.Open();

        Assert.Equal("1.0.0:Committed - pin= denied=", bench.Summary);
        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
    }

    [Theory]
    [InlineData("acme-guard/b/version", "1.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/b.json", "1.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/a/version", "2.0.0:Committed - pin= denied=")]
    [InlineData("acme-guard/state.json", "2.0.0:Committed 1.0.0:Retired pin= denied=")]
    public void Bytes_that_the_disk_has_lost_are_damage(string path, string after)
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutInForce(2);
        _disk.Unreadable.Add(path);
        bench.Open();

        Assert.Equal(after, bench.Summary);
        Assert.Equal(ContentEvent.Repaired, bench.Store.History(Product)[^1].Event);
    }

    [Fact]
    public void File_that_was_put_into_the_slot_in_force_is_found()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutInForce(2);
        bench.Store.Dispose();
        // Past the rule of the store: while the link leads to the other slot.
        _disk.Delete("acme-guard/current");
        _disk.Create("acme-guard/b/evil", executable: true).Dispose();
        _disk.CreateLink("acme-guard/current", "b");
        bench.Open();

        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
        Assert.Contains("evil does not belong there", bench.Store.History(Product)[^1].Text);
    }

    [Fact]
    public void Link_that_was_turned_elsewhere_is_turned_back()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        bench.PutOnTrial(2);
        Assert.Null(bench.Store.RollBack(Product, "it crashed"));
        bench.Store.Dispose();
        _disk.Delete("acme-guard/current");
        _disk.CreateLink("acme-guard/current", "b");
        bench.Open();

        Assert.Equal("1.0.0", StoreBench.Visible(_disk));
    }

    [Fact]
    public void Damage_with_nothing_else_in_force_leaves_one_thing_that_waits()
    {
        using StoreBench bench = new StoreBench(_disk).Open();
        bench.PutInForce(1);
        Assert.Null(bench.Stage(2));
        _disk.Spoil("acme-guard/a/version", Flip);
        bench.Open();
        Assert.Equal("- 2.0.0:Staged pin= denied=", bench.Summary);

        bench.PutInForce(3);

        Assert.Equal("3.0.0:Committed - pin= denied=", bench.Summary);
        Assert.Equal(bench.State.B!.DiskBytes, bench.State.DiskBytes);
    }

    private static byte[] Flip(byte[] bytes)
    {
        bytes[bytes.Length / 2] ^= 0x10;
        return bytes;
    }
}
