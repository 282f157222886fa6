using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_expiration and test_delegated_expiration.</summary>
public sealed class ExpirationTests
{
    [Fact]
    public void Root_expired()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        test.Repository.Expire(Root, Start.AddDays(-1));
        test.Repository.Publish(Root, Targets, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.Freeze, test.Refusal!.Code);
        Assert.Equal("root:3 snapshot:1 targets:1 timestamp:1", test.TrustedRoles);
    }

    [Fact]
    public void Snapshot_expired()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Expire(Snapshot, Start.AddDays(-5));
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("root:1 snapshot:1 targets:1 timestamp:2", test.TrustedRoles);
    }

    [Fact]
    public void Targets_expired()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Expire(Targets, Start.AddDays(-5));
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("root:1 snapshot:2 targets:1 timestamp:2", test.TrustedRoles);
    }

    [Fact]
    public void Timestamp_expired()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Expire(Timestamp, Start.AddDays(-5));
        test.Repository.Publish(Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("root:1 snapshot:1 targets:1 timestamp:1", test.TrustedRoles);
    }

    [Fact]
    public void Expired_metadata()
    {
        using var test = Initialised();
        test.Repository.Expire(Timestamp, Start.AddDays(7));
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
        test.Repository.Expire(Timestamp, Start.AddDays(21));
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Refresh(day: 18));
        Assert.Equal("root:1 snapshot:2 targets:2 timestamp:3", test.TrustedRoles);
    }

    [Theory]
    [InlineData(Timestamp)]
    [InlineData(Snapshot)]
    [InlineData(Targets)]
    public void Expired_local_metadata_that_the_repository_does_not_renew_is_not_used(string role)
    {
        using var test = new ConformanceCase();
        test.Repository.Expire(role, Start.AddDays(7));
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(Failed, test.Refresh(day: 8));
        Assert.Equal(TrustRefusalCode.Freeze, test.Refusal!.Code);
        Assert.Equal(role, test.Refusal.Role);
    }

    [Fact]
    public void Expired_local_root_is_renewed()
    {
        using var test = new ConformanceCase();
        test.Repository.Expire(Root, Start.AddDays(7));
        test.Repository.Publish(Root);
        test.TrustedRoot = test.Repository.Published[Root][^1];
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Failed, test.Refresh(day: 8));
        test.Repository.Expire(Root, Start.AddDays(20));
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh(day: 8));
        Assert.Equal(3, test.Version(Root));
    }

    [Fact]
    public void Expired_intermediate_root_is_a_step_as_any_other()
    {
        using var test = Initialised();
        test.Repository.Expire(Root, Start.AddDays(-1));
        test.Repository.Publish(Root);
        test.Repository.Expire(Root, Start.AddDays(10));
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(3, test.Version(Root));
    }

    [Fact]
    public void Expiry_is_the_first_moment_of_no_trust()
    {
        using var test = new ConformanceCase();
        test.Repository.Expire(Timestamp, Start.AddDays(1));
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh(day: 0.99999));
        Assert.Equal(Failed, test.Refresh(day: 1));
    }

    [Fact]
    public void Delegated_targets_expired()
    {
        using var test = Initialised();
        test.Repository.Delegate(Targets, "delegated", ["delegatedpath/*"]);
        test.Repository.Expire("delegated", Start.AddDays(-1));
        test.Repository.AddFile("delegated", "delegated content"u8.ToArray(), "delegatedpath/target");
        test.Repository.Publish("delegated", Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(Failed, test.Download("delegatedpath/target"));
        Assert.Empty(test.Downloads);
        Assert.Equal("root:1 snapshot:2 targets:2 timestamp:2", test.TrustedRoles);
    }

    [Fact]
    public void Expired_local_delegated_targets()
    {
        using var test = Initialised();
        PublishDelegated(test);
        Assert.Equal(Done, test.Download("delegatedpath/first"));
        Assert.Equal(["first"], test.Downloads);
        Assert.Equal(Failed, test.DownloadOn(18, "delegatedpath/second"));
        Assert.Equal(["first"], test.Downloads);
    }

    [Fact]
    public void Expired_local_delegated_targets_updates()
    {
        using var test = Initialised();
        PublishDelegated(test);
        Assert.Equal(Done, test.Download("delegatedpath/first"));
        test.Repository.Expire("delegated", Start.AddDays(21));
        test.Repository.Publish("delegated", Snapshot, Timestamp);
        Assert.Equal(Done, test.DownloadOn(18, "delegatedpath/second"));
        Assert.Equal(["first", "second"], test.Downloads);
    }

    private static void PublishDelegated(ConformanceCase test)
    {
        test.Repository.Delegate(Targets, "delegated", ["delegatedpath/*"]);
        test.Repository.Expire("delegated", Start.AddDays(7));
        test.Repository.AddFile("delegated", "first"u8.ToArray(), "delegatedpath/first");
        test.Repository.AddFile("delegated", "second"u8.ToArray(), "delegatedpath/second");
        test.Repository.Publish("delegated", Targets, Snapshot, Timestamp);
    }
}
