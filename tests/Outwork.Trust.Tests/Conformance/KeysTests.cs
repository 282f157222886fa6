using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_keys.</summary>
public sealed class KeysTests
{
    private const string WrongEcdsa =
        "3046022100fa1f62d38e0f5c565fa23e5d230086258427d87f024c146071966deefde55468022100b3347b4bd9ba6701ca6cef949d04b5742394b9f8c4417933e5d4fa76c3ca3a98";

    private const string WrongEd25519 =
        "b61589620c287e23a00abf0e653421010a0ad33869e5a096d604e08d7b4f8eb9c58ebb8a02124576be776f86ab5a3b05dbb6f27cc47f4b144f32ba4012d4b302";

    [Fact]
    public void Snapshot_does_not_meet_threshold()
    {
        using var test = new ConformanceCase();
        test.Repository.Role(Snapshot)["threshold"] = 3;
        test.Repository.AddKey(Snapshot);
        test.Repository.AddKey(Snapshot);
        test.Repository.Publish(Root, Targets, Snapshot, Timestamp);
        Assert.Equal(Done, test.Initialise());
        Assert.Equal(Done, test.Refresh());
        test.Repository.Signers[Snapshot].Remove(test.Repository.Signers[Snapshot].Keys.Last());
        test.Repository.Publish(AllButRoot);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.ThresholdNotMet, test.Refusal!.Code);
        Assert.Equal(2, test.Version(Snapshot));
    }

    [Fact]
    public void Snapshot_has_too_few_keys()
    {
        using var test = Initialised();
        for (int i = 0; i < 4; i++)
            test.Repository.AddKey(Snapshot);
        test.Repository.Role(Snapshot)["threshold"] = 6;
        test.Repository.Publish(Root, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(2, test.Version(Root));
        Assert.Null(test.Version(Snapshot));
    }

    [Fact]
    public void Duplicate_keys()
    {
        using var test = Initialised();
        TestSigner signer = test.Repository.NewSigner();
        for (int i = 0; i < 9; i++)
            test.Repository.AddKey(Snapshot, signer);
        test.Repository.Role(Snapshot)["threshold"] = 6;
        test.Repository.Publish(Root, Snapshot, Timestamp);
        test.Repository.Tamper(Snapshot, static file =>
        {
            JsonArray signatures = file["signatures"]!.AsArray();
            for (int i = 0; i < 8; i++)
                signatures.Add(signatures[1]!.DeepClone());
        });
        Assert.Equal(Failed, test.Refresh());
        Assert.Null(test.Version(Snapshot));
    }

    [Fact]
    public void Duplicate_keys_with_one_signature()
    {
        using var test = Initialised();
        TestSigner signer = test.Repository.NewSigner();
        for (int i = 0; i < 9; i++)
            test.Repository.AddKey(Snapshot, signer);
        test.Repository.Role(Snapshot)["threshold"] = 6;
        test.Repository.Publish(Root, Snapshot, Timestamp);
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(TrustRefusalCode.ThresholdNotMet, test.Refusal!.Code);
    }

    [Fact]
    public void Duplicate_sig_keyids()
    {
        using var test = Initialised();
        test.Repository.Tamper(Snapshot, static file => file["signatures"]!.AsArray().Add(file["signatures"]![0]!.DeepClone()));
        Assert.Equal(Failed, test.Refresh());
        Assert.Null(test.Version(Snapshot));
    }

    [Theory]
    [InlineData("rsassa-pss-sha256", null)]
    [InlineData("ecdsa-sha2-nistp256", WrongEcdsa)]
    [InlineData("ed25519", WrongEd25519)]
    public void Keytype_and_scheme(string scheme, string? wrong)
    {
        using var test = Initialised();
        TestSigner signer = test.Repository.NewSigner(scheme);
        test.Repository.AddKey(Root, signer);
        test.Repository.Role(Root)["threshold"] = 2;
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(2, test.Version(Root));
        test.Repository.Publish(Root);
        test.Repository.Tamper(Root, file =>
        {
            JsonNode signature = file["signatures"]!.AsArray().Single(item => item!["keyid"]!.GetValue<string>() == signer.KeyId)!;
            signature["sig"] = wrong ?? signer.Sign("something else"u8.ToArray());
        });
        Assert.Equal(Failed, test.Refresh());
        Assert.Equal(2, test.Version(Root));
    }

    [Fact]
    public void Keytype_of_old_repositories_is_read()
    {
        using var test = Initialised();
        TestSigner signer = test.Repository.NewSigner();
        signer.Key["keytype"] = "ecdsa-sha2-nistp256";
        signer.ComputeKeyId();
        test.Repository.AddKey(Root, signer);
        test.Repository.Role(Root)["threshold"] = 2;
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
    }

    [Fact]
    public void Scheme_that_is_not_known_is_skipped()
    {
        using var test = Initialised();
        JsonObject keys = test.Repository.Signed[Root]["keys"]!.AsObject();
        keys["aa"] = new JsonObject { ["keytype"] = "sphincs+", ["scheme"] = "shake-128s", ["keyval"] = new JsonObject { ["public"] = "00" } };
        keys["bb"] = new JsonObject { ["keytype"] = "sigstore-oidc", ["scheme"] = "Fulcio", ["keyval"] = new JsonObject { ["identity"] = "a@b", ["issuer"] = "c" } };
        keys["cc"] = new JsonObject { ["keytype"] = "ed25519", ["scheme"] = "ed25519", ["keyval"] = new JsonObject { ["public"] = "no key" } };
        foreach (string id in (string[])["aa", "bb", "cc"])
            test.Repository.Role(Timestamp)["keyids"]!.AsArray().Add(id);
        test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        test.Repository.Role(Timestamp)["threshold"] = 2;
        test.Repository.Publish(Root, Timestamp);
        test.Repository.Tamper(Timestamp, static file => file["signatures"]!.AsArray().Add(new JsonObject { ["keyid"] = "aa", ["sig"] = "00" }));
        Assert.Equal(Failed, test.Refresh());
    }

    [Fact]
    public void Keyid_is_opaque()
    {
        using var test = Initialised();
        test.Repository.RotateKeys(Timestamp);
        test.Repository.AddKey(Timestamp, test.Repository.NewSigner().Named("the key of the second floor"));
        test.Repository.Role(Timestamp)["threshold"] = 2;
        test.Repository.Publish(Root, Timestamp);
        Assert.Equal(Done, test.Refresh());
    }

    [Fact]
    public void Invalid_sig_in_valid_metadata()
    {
        using var test = Initialised();
        string old = test.Repository.Signers[Timestamp].Keys.Single();
        string stale = JsonNode.Parse(test.Repository.Published[Timestamp][^1])!["signatures"]![0]!["sig"]!.GetValue<string>();
        test.Repository.AddKey(Timestamp);
        test.Repository.Publish(Root, Timestamp);
        foreach (string wrong in (string[])[stale, "", "no hexadecimal"])
        {
            test.Repository.Tamper(Timestamp, file => file["signatures"]!.AsArray().Single(item => item!["keyid"]!.GetValue<string>() == old)!["sig"] = wrong);
            Assert.Equal(Done, test.Refresh());
            test.Repository.Publish(Timestamp);
        }
    }

    [Fact]
    public void Signature_of_a_key_that_is_not_listed_is_ignored()
    {
        using var test = Initialised();
        test.Repository.AddSigner(Timestamp, test.Repository.NewSigner());
        test.Repository.Publish(Timestamp);
        Assert.Equal(Done, test.Refresh());
    }
}
