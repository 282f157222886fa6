using System.Globalization;
using System.Text.Json.Nodes;
using Outwork.Trust.Tests.Simulation;
using static Outwork.Trust.Tests.Simulation.ConformanceCase;
using static Outwork.Trust.Tests.Simulation.SimulatedRepository;

namespace Outwork.Trust.Tests.Conformance;

/// <summary>The public suite's test_updater_key_rotations. A version is written "keys/threshold/signers", keys by one digit each.</summary>
public sealed class KeyRotationTests
{
    [Theory]
    [InlineData("1-of-1-key-rotation", true, "1/1/1", "2/1/21", "2/1/2")]
    [InlineData("1-of-1-key-rotation-unused-signatures", true, "1/1/314", "2/1/3214", "2/1/324")]
    [InlineData("3-of-5-sign-with-different-keycombos", true, "01234/3/024", "01234/3/041", "01234/3/013", "01234/3/013")]
    [InlineData("3-of-5-one-key-rotated", true, "01234/3/024", "01345/3/041")]
    [InlineData("3-of-5-one-key-rotated-with-intermediate-step", true, "01234/3/024", "01345/3/0245", "01345/3/045")]
    [InlineData("3-of-5-all-keys-rotated-with-intermediate-step", true, "01234/3/024", "56789/3/024567", "56789/3/567")]
    [InlineData("1-of-3-threshold-increase-to-2-of-3", true, "123/1/1", "123/2/12")]
    [InlineData("2-of-3-threshold-decrease-to-1-of-3", true, "123/2/12", "123/1/12", "123/1/1")]
    [InlineData("1-of-2-threshold-increase-to-2-of-2", true, "1/1/1", "12/2/12")]
    [InlineData("1-of-1-key-rotation-fail-not-signed-with-old-key", false, "1/1/1", "2/1/234")]
    [InlineData("1-of-1-key-rotation-fail-not-signed-with-new-key", false, "1/1/1", "2/1/134")]
    [InlineData("3-of-5-one-key-rotate-fails-not-signed-with-3-new-keys", false, "01234/3/024", "01345/3/024")]
    [InlineData("3-of-5-one-key-rotate-fails-not-signed-with-3-old-keys", false, "01234/3/024", "01345/3/045")]
    [InlineData("1-of-3-threshold-bump-to-2-of-3-fails-new-threshold-not-reached", false, "123/1/1", "123/2/2")]
    [InlineData("2-of-3-threshold-decr-to-1-of-3-fails-old-threshold-not-eached", false, "123/2/12", "123/1/1")]
    public void Root_rotation(string name, bool succeeds, params string[] versions)
    {
        using var test = new ConformanceCase();
        TestSigner[] signers = [.. Enumerable.Range(0, 10).Select(_ => test.Repository.NewSigner("ed25519"))];
        test.Repository.Published.Remove(Root);
        foreach (string version in versions)
        {
            Set(test.Repository, Root, version, signers);
            test.Repository.Publish(Root);
        }

        test.TrustedRoot = test.Repository.Published[Root][0];
        Assert.Equal(Done, test.Initialise());
        Assert.True(test.Refresh() == (succeeds ? Done : Failed), name);
        Assert.Equal(test.Repository.Published[Root][succeeds ? ^1 : ^2], test.Kept(Root));
    }

    [Theory]
    [InlineData("1-of-1-key-rotation", true, "2/1/2")]
    [InlineData("1-of-1-key-rotation-unused-signatures", true, "1/1/314")]
    [InlineData("1-of-1-key-rotation-fail-not-signed-with-new-key", false, "2/1/134")]
    [InlineData("3-of-5-one-key-signature-wrong-not-signed-with-3-expected-keys", false, "01345/3/024")]
    [InlineData("2-of-5-one-key-signature-mising-threshold-not-reached", false, "01345/3/04")]
    [InlineData("3-of-5-sign-first-combo", true, "01234/3/024")]
    [InlineData("3-of-5-sign-second-combo", true, "01234/3/041")]
    [InlineData("3-of-5-sign-third-combo", true, "01234/3/014")]
    [InlineData("3-of-5-sign-fourth-combo", true, "01234/3/123")]
    [InlineData("3-of-5-sign-fifth-combo", true, "01234/3/234")]
    public void Non_root_rotations(string name, bool succeeds, string version)
    {
        using var test = Initialised();
        TestSigner[] signers = [.. Enumerable.Range(0, 10).Select(_ => test.Repository.NewSigner())];
        foreach (string role in (string[])[Timestamp, Snapshot, Targets])
        {
            Set(test.Repository, role, version, signers);
            test.Repository.Publish(Root, Targets, Snapshot, Timestamp);
            Assert.True(test.Refresh() == (succeeds ? Done : Failed), name);
            if (succeeds)
                Assert.Equal(test.Repository.Published[role][^1], test.Kept(role));
        }
    }

    [Fact]
    public void Rotations_beyond_the_limit_wait_for_the_next_refresh()
    {
        using var test = Initialised();
        for (int i = 0; i < 299; i++)
            test.Repository.Publish(Root);
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(257, test.Version(Root));
        Assert.Equal(Done, test.Refresh());
        Assert.Equal(300, test.Version(Root));
    }

    private static void Set(SimulatedRepository repository, string role, string version, TestSigner[] signers)
    {
        string[] parts = version.Split('/');
        repository.Role(role)["keyids"] = new JsonArray();
        repository.Role(role)["threshold"] = int.Parse(parts[1], CultureInfo.InvariantCulture);
        foreach (char key in parts[0])
            repository.AddKey(role, signers[key - '0']);
        repository.Signers[role].Clear();
        foreach (char signer in parts[2])
            repository.AddSigner(role, signers[signer - '0']);
    }
}
