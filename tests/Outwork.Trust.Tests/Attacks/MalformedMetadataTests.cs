using System.Text;
using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Attacks;

/// <summary>Bytes that are no metadata, or not what they were, served by a mirror or found on disk.</summary>
public sealed class MalformedMetadataTests
{
    [Theory]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("")]
    [InlineData("{\"signed\":{},\"signatures\":[]}")]
    public void Rubbish_in_the_place_of_metadata_is_refused(string text)
    {
        MemorySession session = MemorySession.Trusting();
        session.Attacker = fetch => fetch.Role == Timestamp ? TrustAnswer.Of(Encoding.UTF8.GetBytes(text)) : null;
        session.Refuses(TrustRefusalCode.MalformedMetadata);
    }

    [Fact]
    public void Member_named_twice_is_refused_although_the_signature_holds_for_one_of_them()
    {
        MemorySession session = MemorySession.Trusting();
        string good = Encoding.UTF8.GetString(session.Repository.Published[Timestamp][^1]);
        string twice = good.Replace("\"signed\":{", "\"signed\":{\"version\":99,", StringComparison.Ordinal);
        Assert.NotEqual(good, twice);
        session.Attacker = fetch => fetch.Role == Timestamp ? TrustAnswer.Of(Encoding.UTF8.GetBytes(twice)) : null;
        session.Refuses(TrustRefusalCode.MalformedMetadata);
    }

    [Fact]
    public void Next_version_of_the_specification_is_refused_by_name()
    {
        var session = new MemorySession();
        session.Repository.Signed[Timestamp]["spec_version"] = "2.0.0";
        session.Repository.Publish(Timestamp);
        session.Refuses(TrustRefusalCode.UnsupportedSpecification);
    }

    [Fact]
    public void Damaged_kept_metadata_is_fetched_anew()
    {
        MemorySession session = MemorySession.Trusting();
        foreach (string role in AllButRoot)
            session.Kept[role] = "damaged"u8.ToArray();
        session.Accepts("file");
        session.Kept[Root] = "damaged"u8.ToArray();
        session.Refuses(TrustRefusalCode.MalformedMetadata);
    }

    [Fact]
    public void Kept_metadata_of_a_stranger_protects_from_nothing_and_is_replaced()
    {
        MemorySession session = MemorySession.Trusting();
        JsonObject forged = session.Repository.Signed[Timestamp].DeepClone().AsObject();
        forged["version"] = 1_000_000L;
        session.Kept[Timestamp] = SignAs(forged, [session.Repository.NewSigner()]);
        session.Accepts();
        Assert.Equal(session.Repository.Published[Timestamp][^1], session.Kept[Timestamp].ToArray());
    }
}
