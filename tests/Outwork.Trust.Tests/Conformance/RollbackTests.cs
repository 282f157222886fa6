using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_rollback.</summary>
public sealed class RollbackTests
{
    [Fact]
    public void Simple_snapshot_rollback()
    {
        using var test = Initialised();
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        test.Repository.Published[Snapshot].RemoveAt(1);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(2, test.Version(Snapshot));
        Assert.EndsWith(" timestamp", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Fact]
    public void New_timestamp_version_rollback()
    {
        using var test = Initialised();
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
        test.Repository.Published[Timestamp].RemoveAt(1);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
        Assert.Equal(2, test.Version(Timestamp));
        Assert.EndsWith(" timestamp", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Snapshot_rollback(bool withHashes)
    {
        using var test = new ConformanceCase();
        test.Repository.SaysHashes = withHashes;
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        test.Repository.Signed[Timestamp]["meta"]!["snapshot.json"] = new JsonObject { ["version"] = 1 };
        test.Repository.Publish(Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
        Assert.Equal(2, test.Version(Timestamp));
        Assert.Equal(2, test.Version(Snapshot));
        Assert.EndsWith(" timestamp", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Targets_rollback(bool withHashes)
    {
        using var test = new ConformanceCase();
        test.Repository.SaysHashes = withHashes;
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        test.Repository.Meta(Targets)["version"] = 1;
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
        Assert.Equal("root:1 snapshot:2 targets:2 timestamp:3", test.TrustedRoles);
    }

    [Fact]
    public void Targets_rollback_is_seen_with_an_expired_local_snapshot_too()
    {
        using var test = new ConformanceCase();
        test.Repository.Expire(Snapshot, Start.AddDays(7));
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        test.Repository.Meta(Targets)["version"] = 1;
        test.Repository.Expire(Snapshot, Start.AddDays(20));
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh(day: 8));
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
    }

    [Fact]
    public void Role_that_disappears_from_the_snapshot_is_a_rollback()
    {
        using var test = Initialised();
        test.Repository.Delegate(Targets, "gone", ["*"]);
        test.Repository.Publish("gone", Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        test.Repository.Signed[Snapshot]["meta"]!.AsObject().Remove("gone.json");
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
    }

    [Fact]
    public void Root_rollback()
    {
        using var test = Initialised();
        test.Repository.Publish(Root, Root);
        test.Repository.Published[Root][2] = test.Repository.Published[Root][0];
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
        Assert.Equal(2, test.Version(Root));
    }

    [Fact]
    public void New_snapshot_version_mismatch()
    {
        using var test = Initialised();
        test.Repository.Signed[Snapshot]["version"] = 2L;
        test.Repository.Published[Snapshot][0] = test.Repository.Sign(Snapshot);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("root:1 timestamp:1", test.TrustedRoles);
        Assert.EndsWith(" snapshot:1", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Fact]
    public void New_targets_fast_forward_recovery()
    {
        using var test = Initialised();
        for (int i = 0; i < 99; i++)
            test.Repository.Publish(Targets);
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(100, test.Version(Targets));
        test.Repository.RotateKeys(Snapshot);
        Forget(test.Repository, Targets);
        test.Repository.Publish(Root, Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(1, test.Version(Targets));
    }

    [Fact]
    public void New_snapshot_fast_forward_recovery()
    {
        using var test = Initialised();
        for (int i = 0; i < 99; i++)
            test.Repository.Publish(Snapshot);
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(100, test.Version(Snapshot));
        test.Repository.RotateKeys(Snapshot);
        test.Repository.RotateKeys(Timestamp);
        Forget(test.Repository, Snapshot);
        test.Repository.Publish(Root, Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(1, test.Version(Snapshot));
    }

    [Fact]
    public void New_timestamp_fast_forward_recovery()
    {
        using var test = Initialised();
        for (int i = 0; i < 99; i++)
            test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(100, test.Version(Timestamp));
        test.Repository.RotateKeys(Timestamp);
        Forget(test.Repository, Timestamp);
        test.Repository.Publish(Root, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(1, test.Version(Timestamp));
    }

    [Fact]
    public void Fast_forward_recovery_holds_when_the_old_threshold_is_still_met()
    {
        using var test = new ConformanceCase();
        test.Repository.AddKey(Timestamp);
        test.Repository.Publish(Root);
        for (int i = 0; i < 99; i++)
            test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        // One of two keys is taken away; what both signed is still signed by enough.
        string lost = test.Repository.Signers[Timestamp].Keys.First();
        test.Repository.Signers[Timestamp].Remove(lost);
        JsonArray ids = test.Repository.Role(Timestamp)["keyids"]!.AsArray();
        ids.Remove(ids.Single(id => id!.GetValue<string>() == lost));
        Forget(test.Repository, Timestamp);
        test.Repository.Publish(Root, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(1, test.Version(Timestamp));
    }

    [Fact]
    public void Key_that_is_only_added_forgets_nothing()
    {
        using var test = Initialised();
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
        test.Repository.AddKey(Timestamp);
        Forget(test.Repository, Timestamp);
        test.Repository.Publish(Root, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Rollback, test.Refusal!.Code);
        Assert.Equal(2, test.Version(Root));
    }

    private static void Forget(SimulatedRepository repository, string role)
    {
        repository.Published.Remove(role);
        repository.Signed[role]["version"] = 1L;
    }
}
