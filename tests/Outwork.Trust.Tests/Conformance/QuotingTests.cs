using Outwork.Trust.Tests.Simulation;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_quoting_issues.</summary>
public sealed class QuotingTests
{
    [Theory]
    [InlineData("?", "%3F")]
    [InlineData("#", "%23")]
    [InlineData("/delegatedrole", "%2Fdelegatedrole")]
    [InlineData("../delegatedrole", "..%2Fdelegatedrole")]
    [InlineData("..", "..")]
    [InlineData(".", ".")]
    [InlineData("a b%2F~_-\\", "a%20b%252F~_-%5C")]
    [InlineData("größe", "gr%C3%B6%C3%9Fe")]
    public void Unusual_role_name(string role, string quoted)
    {
        using var test = Initialised();
        test.Repository.Delegate(Targets, role, ["*"]);
        test.Repository.Publish(role, Targets, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Download("nonexistent target"));
        Assert.EndsWith($" {quoted}:1", test.Repository.MetadataRequests, StringComparison.Ordinal);
        Assert.Equal(5, Directory.GetFiles(test.MetadataFolder).Length);
        Assert.NotNull(test.Kept(role));
    }

    [Theory]
    [InlineData("../delegatedrole", "..%2Fdelegatedrole")]
    [InlineData("..", "..")]
    public void Unusual_role_name_without_consistent_snapshots(string role, string quoted)
    {
        using var test = Initialised();
        test.Repository.Signed[Root]["consistent_snapshot"] = false;
        test.Repository.Delegate(Targets, role, ["*"]);
        test.Repository.Publish(Root, role, Targets, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Download("nonexistent target"));
        Assert.Equal($"root:2 root:3 timestamp snapshot targets {quoted}", test.Repository.MetadataRequests);
    }

    [Theory]
    [InlineData(Root)]
    [InlineData(Timestamp)]
    [InlineData(Snapshot)]
    [InlineData(Targets)]
    public void Delegated_role_with_the_name_of_a_top_level_role_is_refused(string role)
    {
        using var test = Initialised();
        test.Repository.Delegate(Targets, role, ["*"], signer: test.Repository.Signers[role].Values.Single());
        test.Repository.Publish(Targets, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(1, test.Version(Root));
    }
}
