using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Attacks;

/// <summary>What an attacker does who controls the mirror or the network, and perhaps some keys.</summary>
public sealed class MetadataAttackTests
{
    [Fact]
    public void Timestamp_replayed_from_last_week_is_refused()
    {
        MemorySession session = MemorySession.Trusting();
        byte[] old = session.Repository.Published[Timestamp][0];
        session.Attacker = fetch => fetch.Role == Timestamp ? TrustAnswer.Of(old) : null;
        session.Refuses(TrustRefusalCode.Rollback, day: 7);
    }

    [Fact]
    public void Whole_repository_replayed_from_last_week_is_refused()
    {
        MemorySession session = MemorySession.Trusting();
        session.Attacker = fetch => session.Repository.Published.TryGetValue(fetch.Role, out List<byte[]>? files) && fetch.Role != Root ? TrustAnswer.Of(files[0]) : null;
        session.Refuses(TrustRefusalCode.Rollback);
    }

    [Fact]
    public void Frozen_repository_is_refused_when_its_timestamp_expires()
    {
        MemorySession session = MemorySession.Trusting();
        Dictionary<string, byte[]> frozen = session.Repository.Published.ToDictionary(static file => file.Key, static file => file.Value[^1]);
        session.Repository.Expire(Timestamp, ConformanceCase.Start.AddDays(60));
        session.Repository.Publish(AllButRoot);
        session.Attacker = fetch => fetch.Role == Root ? null : TrustAnswer.Of(frozen[fetch.Role]);
        session.Accepts(day: 29);
        session.Refuses(TrustRefusalCode.Freeze, day: 31);
    }

    [Fact]
    public void Root_withheld_freezes_only_until_the_root_expires()
    {
        MemorySession session = MemorySession.Trusting();
        session.Repository.RotateKeys(Timestamp);
        session.Repository.Publish(Root, Timestamp);
        session.Attacker = static fetch => fetch.Role == Root ? TrustAnswer.Missing : null;
        // The new timestamp is signed by a key that the withheld root names.
        session.Refuses(TrustRefusalCode.ThresholdNotMet);
        session.Refuses(TrustRefusalCode.Freeze, day: 31);
    }

    [Fact]
    public void Mix_and_match_of_an_old_targets_with_a_new_snapshot_is_refused()
    {
        MemorySession session = MemorySession.Trusting();
        byte[] old = session.Repository.Published[Targets][0];
        session.Repository.Publish(AllButRoot);
        session.Attacker = fetch => fetch.Role == Targets ? TrustAnswer.Of(old) : null;
        session.Refuses(TrustRefusalCode.MixAndMatch);
    }

    [Fact]
    public void Mix_and_match_of_an_old_snapshot_with_a_new_timestamp_is_refused()
    {
        MemorySession session = MemorySession.Trusting();
        byte[] old = session.Repository.Published[Snapshot][0];
        session.Repository.Publish(AllButRoot);
        session.Attacker = fetch => fetch.Role == Snapshot ? TrustAnswer.Of(old) : null;
        session.Refuses(TrustRefusalCode.MixAndMatch);
    }

    [Fact]
    public void Mix_and_match_of_other_bytes_of_the_same_version_is_refused_by_digest()
    {
        var session = new MemorySession();
        session.Repository.SaysHashes = true;
        session.Repository.Publish(AllButRoot);
        session.Repository.Signed[Targets]["note"] = "another of the same version";
        byte[] other = session.Repository.Sign(Targets);
        session.Attacker = fetch => fetch.Role == Targets ? TrustAnswer.Of(other.AsMemory(0, (int)Math.Min(other.Length, fetch.LongestBytes))) : null;
        session.Refuses(TrustRefusalCode.MixAndMatch);
    }

    [Theory]
    [InlineData(Root)]
    [InlineData(Timestamp)]
    [InlineData(Snapshot)]
    [InlineData(Targets)]
    public void Endless_metadata_is_cut_at_its_limit(string role)
    {
        var session = new MemorySession();
        session.Repository.Publish(Root);
        session.Attacker = fetch => fetch.Role == role ? TrustAnswer.Of(new byte[fetch.LongestBytes + 1]) : null;
        Assert.Equal(role, session.Refuses(TrustRefusalCode.EndlessData).Role);
    }

    [Theory]
    [InlineData(Snapshot)]
    [InlineData(Targets)]
    public void Endless_metadata_that_is_announced_is_not_even_fetched(string role)
    {
        var session = new MemorySession();
        JsonObject meta = role == Snapshot ? session.Repository.Signed[Timestamp]["meta"]!["snapshot.json"]!.AsObject() : session.Repository.Meta(Targets);
        meta["length"] = long.MaxValue;
        if (role == Snapshot)
            session.Repository.Publish(Timestamp);
        else
            session.Repository.Publish(Snapshot, Timestamp);
        session.Refuses(TrustRefusalCode.EndlessData);
        Assert.DoesNotContain(role + ":", session.Repository.MetadataRequests, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Root)]
    [InlineData(Timestamp)]
    [InlineData(Snapshot)]
    [InlineData(Targets)]
    public void Wrong_threshold_metadata_signed_by_one_of_two_is_refused(string role)
    {
        var session = new MemorySession();
        session.Repository.Role(role)["threshold"] = 2;
        session.Repository.AddKey(role);
        session.Repository.Publish(Root, Targets, Snapshot, Timestamp);
        session.Accepts();
        session.Repository.Signers[role].Remove(session.Repository.Signers[role].Keys.First());
        session.Repository.Publish(Root, Targets, Snapshot, Timestamp);
        Assert.Equal(role, session.Refuses(TrustRefusalCode.ThresholdNotMet).Role);
    }

    [Fact]
    public void Arbitrary_software_signed_by_a_stranger_is_refused()
    {
        MemorySession session = MemorySession.Trusting();
        session.Repository.Signers[Targets].Clear();
        session.Repository.AddSigner(Targets, session.Repository.NewSigner());
        session.Repository.AddFile(Targets, "evil"u8.ToArray(), "file");
        session.Repository.Publish(AllButRoot);
        session.Refuses(TrustRefusalCode.ThresholdNotMet, "file");
    }

    [Fact]
    public void Key_compromise_of_timestamp_and_snapshot_adds_no_software()
    {
        MemorySession session = MemorySession.Trusting();
        // The attacker has both online keys and changes what targets say.
        JsonObject evil = session.Repository.Signed[Targets].DeepClone().AsObject();
        evil["version"] = 9L;
        byte[] forged = SignAs(evil, session.Repository.Signers[Snapshot].Values);
        session.Repository.Meta(Targets)["version"] = 9L;
        session.Repository.Publish(Snapshot, Timestamp);
        session.Attacker = fetch => fetch.Role == Targets ? TrustAnswer.Of(forged) : null;
        session.Refuses(TrustRefusalCode.ThresholdNotMet, "file");
    }

    [Fact]
    public void Key_compromise_short_of_the_root_threshold_makes_no_root()
    {
        var session = new MemorySession();
        session.Repository.Role(Root)["threshold"] = 2;
        session.Repository.AddKey(Root);
        session.Repository.Publish(Root);
        session.Accepts();
        // One stolen key names itself alone for everything.
        TestSigner stolen = session.Repository.Signers[Root].Values.First();
        session.Repository.Role(Root)["keyids"] = new JsonArray(stolen.KeyId);
        session.Repository.Role(Root)["threshold"] = 1;
        session.Repository.Signers[Root] = new() { [stolen.KeyId] = stolen };
        session.Repository.Publish(Root);
        session.Refuses(TrustRefusalCode.ThresholdNotMet);
        Assert.Equal(session.Repository.Published[Root][1], session.Kept[Root].ToArray());
    }

    [Fact]
    public void One_key_under_two_names_counts_once()
    {
        var session = new MemorySession();
        TestSigner signer = session.Repository.Signers[Timestamp].Values.Single();
        session.Repository.AddKey(Timestamp, signer.Named("another name"));
        session.Repository.Role(Timestamp)["threshold"] = 2;
        session.Repository.Publish(Root, Timestamp);
        session.Refuses(TrustRefusalCode.ThresholdNotMet);
    }

    [Fact]
    public void Revoked_key_signs_nothing_any_more()
    {
        MemorySession session = MemorySession.Trusting();
        Dictionary<string, TestSigner> revoked = new(session.Repository.Signers[Targets]);
        session.Repository.RotateKeys(Targets);
        session.Repository.Publish(Root);
        session.Repository.Signers[Targets] = revoked;
        session.Repository.Publish(AllButRoot);
        session.Refuses(TrustRefusalCode.ThresholdNotMet);
    }

    [Fact]
    public void Delegated_vendor_cannot_publish_in_the_path_of_another()
    {
        var session = new MemorySession();
        session.Repository.Delegate(Targets, "good", ["good/*"]);
        session.Repository.Delegate(Targets, "evil", ["evil/*"]);
        session.Repository.AddFile("evil", "evil"u8.ToArray(), "good/file");
        session.Repository.AddFile("evil", "evil"u8.ToArray(), "evil/../good/file");
        session.Repository.Publish("good", "evil", Targets, Snapshot, Timestamp);
        session.Refuses(TrustRefusalCode.TargetNotFound, "good/file");
        session.Refuses(TrustRefusalCode.TargetNotFound, "evil/../good/file");
    }

    [Fact]
    public void Metadata_of_one_delegated_role_is_not_taken_for_another()
    {
        var session = new MemorySession();
        TestSigner signer = session.Repository.Delegate(Targets, "one", ["one/*"]);
        session.Repository.Delegate(Targets, "two", ["two/*"], signer: signer);
        session.Repository.Publish("one");
        session.Repository.Publish("one", "two", Targets, Snapshot, Timestamp);
        byte[] one = session.Repository.Published["one"][^1];
        session.Attacker = fetch => fetch.Role == "two" ? TrustAnswer.Of(one) : null;
        session.Refuses(TrustRefusalCode.MixAndMatch, "two/file");
    }
}
