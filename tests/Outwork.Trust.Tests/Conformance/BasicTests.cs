using System.Text;
using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_basic: a name here is that of a case there, without test_.</summary>
public sealed class BasicTests
{
    private const string WrongSignature =
        "3045022100ee448afe2d25dd1f05afedac83a24e7df90f203615221434979153dc7cea6d4702207710015851e571885a77db8a6e42c4b2983a59b9e1ebec91178dfa2fb0d42ab8";

    [Fact]
    public void Basic_refresh_requests()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        Assert.Equal("root:2 timestamp snapshot:1 targets:1", test.Repository.MetadataRequests);
    }

    [Fact]
    public void Basic_refresh_trusted_data()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        foreach (string role in (string[])[Root, Timestamp, Snapshot, Targets])
            Assert.Equal(test.Repository.Published[role][^1], test.Kept(role));
    }

    [Fact]
    public void Implicit_refresh()
    {
        using var test = Initialised();
        Assert.Equal(Failed, test.Download("nonexistent artifact"));
        Assert.Equal("root:2 timestamp snapshot:1 targets:1", test.Repository.MetadataRequests);
        Assert.Equal("root:1 snapshot:1 targets:1 timestamp:1", test.TrustedRoles);
    }

    [Fact]
    public void Invalid_initial_root()
    {
        using var test = new ConformanceCase();
        test.Repository.Tamper(Root, static root => root["signed"]!.AsObject().Remove("version"));
        test.TrustedRoot = test.Repository.Published[Root][^1];
        test.Initialise();
        Assert.Equal(Failed, test.Refresh());
        // The same with a file that something else put there.
        test.Keep(Root, test.TrustedRoot);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("", test.Repository.MetadataRequests);
    }

    [Fact]
    public void Unsigned_initial_root()
    {
        using var test = new ConformanceCase();
        test.Repository.Tamper(Root, static root => root["signatures"]![0]!["sig"] = WrongSignature);
        test.TrustedRoot = test.Repository.Published[Root][^1];
        test.Initialise();
        Assert.Equal(Failed, test.Refresh());
        test.Keep(Root, test.TrustedRoot);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("", test.Repository.MetadataRequests);
    }

    [Theory]
    [InlineData(Root, "root:1")]
    [InlineData(Timestamp, "root:2")]
    [InlineData(Snapshot, "root:2 timestamp:2")]
    [InlineData(Targets, "root:2 snapshot:2 timestamp:2")]
    public void Unsigned_metadata(string role, string trusted)
    {
        using var test = new ConformanceCase();
        test.Repository.Signers[role].Clear();
        test.Repository.Publish(Root, Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(trusted, test.TrustedRoles);
    }

    [Theory]
    [InlineData(Root, "root:1")]
    [InlineData(Snapshot, "root:2 timestamp:2")]
    [InlineData(Targets, "root:2 snapshot:2 timestamp:2")]
    public void Url_and_metadata_version_mismatch(string role, string trusted)
    {
        using var test = new ConformanceCase();
        test.Repository.Signed[role]["version"] = 2L;
        test.Repository.Publish(checkVersion: false, Root, Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(trusted, test.TrustedRoles);
    }

    [Fact]
    public void Timestamp_content_changes()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Signed[Timestamp]["meta"]!["snapshot.json"]!["version"] = 100;
        test.Repository.Published.Remove(Timestamp);
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.EndsWith(" timestamp", test.Repository.MetadataRequests, StringComparison.Ordinal);
        Assert.Equal(1, JsonNode.Parse(test.Kept(Timestamp))!["signed"]!["meta"]!["snapshot.json"]!["version"]!.GetValue<int>());
    }

    [Fact]
    public void Basic_metadata_hash_support()
    {
        using var test = new ConformanceCase();
        test.Repository.SaysHashes = true;
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        test.Repository.Publish(Targets);
        test.Repository.Meta(Targets)["hashes"]!["sha256"] = "46419349341cfb2d95f6ae3d4cd5c3d3dd7f4673985dad42a45130be5e0531a0";
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(3, test.Version(Snapshot));
        Assert.Equal(2, test.Version(Targets));
    }

    [Fact]
    public void Metadata_bytes_match()
    {
        using var test = Initialised();
        byte[] data = [.. test.Repository.Published[Timestamp][^1], (byte)' '];
        test.Repository.Published[Timestamp][^1] = data;
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(data, test.Kept(Timestamp));
    }

    [Fact]
    public void New_targets_version_mismatch()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Publish(Targets);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(1, test.Version(Targets));
        Assert.EndsWith(" timestamp", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Fact]
    public void Custom_fields()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        TestSigner signer = test.Repository.NewSigner();
        signer.Key["extra-field"] = new JsonObject { ["a"] = 1, ["b"] = 2 };
        signer.ComputeKeyId();
        test.Repository.Signed[Root]["custom-field"] = "value";
        test.Repository.AddKey(Root, signer);
        test.Repository.Role(Root)["another-field"] = "value";
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(2, test.Version(Root));
    }

    [Fact]
    public void Deprecated_keyid_hash_algorithms()
    {
        using var test = Initialised();
        test.Repository.Role(Snapshot)["keyids"] = new JsonArray();
        test.Repository.Signers[Snapshot].Clear();
        TestSigner signer = test.Repository.NewSigner();
        signer.Key["keyid_hash_algorithms"] = "md5";
        signer.ComputeKeyId();
        test.Repository.AddKey(Snapshot, signer);
        test.Repository.Publish(Root, Snapshot, Timestamp);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(2, test.Version(Root));
        Assert.Equal(2, test.Version(Snapshot));
    }

    [Fact]
    public void Snapshot_404()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Signed[Timestamp]["meta"]!["snapshot.json"]!["version"] = 2L;
        test.Repository.Publish(Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.EndsWith(" snapshot:2", test.Repository.MetadataRequests, StringComparison.Ordinal);
        Assert.Equal("root:1 snapshot:1 targets:1 timestamp:2", test.TrustedRoles);
    }

    [Fact]
    public void Targets_404()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Meta(Targets)["version"] = 2L;
        test.Repository.Publish(Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.EndsWith(" targets:2", test.Repository.MetadataRequests, StringComparison.Ordinal);
        Assert.Equal("root:1 snapshot:2 targets:1 timestamp:2", test.TrustedRoles);
    }

    [Fact]
    public void Timestamp_404()
    {
        using var test = Initialised();
        Assert.Equal(Done, test.Refresh());
        test.Repository.Published.Remove(Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.EndsWith(" timestamp", test.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Fact]
    public void Incorrect_metadata_type()
    {
        using var test = Initialised();
        test.Repository.AddKey(Snapshot, test.Repository.Signers[Timestamp].Values.Single());
        test.Repository.Signed[Snapshot]["meta"] = new JsonObject { ["snapshot.json"] = new JsonObject { ["version"] = 1 } };
        test.Repository.Publish(Root, Snapshot);
        test.Repository.Published[Timestamp].Add(test.Repository.Published[Snapshot][^1]);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal("root:2", test.TrustedRoles);
    }

    [Fact]
    public void Faketime()
    {
        using var test = Initialised();
        test.Repository.Expire(Root, Start.AddDays(7));
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(Failed, test.Refresh(day: 8));
    }

    [Fact]
    public void Reading_ignores_how_the_file_is_written()
    {
        using var test = Initialised();
        string spaced = JsonNode.Parse(test.Repository.Published[Targets][^1])!.ToJsonString(new() { WriteIndented = true });
        test.Repository.Published[Targets][^1] = Encoding.UTF8.GetBytes(spaced);
        Assert.Equal(Done, test.Refresh());
    }
}
