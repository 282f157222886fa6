using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Tests.Authoring;

public sealed class DraftTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly SigningKey _key = SigningKey.Generate(KeyScheme.Ed25519, OpenSslEd25519.Instance);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void Key_that_is_given_twice_is_listed_once()
    {
        RepositoryDraft draft = Draft();
        var twice = new RolePlan([_key.Public, _key.Public], 1, 30);
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "acme", ["acme/*"], isTerminating: false, twice, Now));
        Assert.Equal([_key.Public.Id], draft.SignersOf("acme").Single().Keys.KeyIds);
        Assert.DoesNotContain($"\"{_key.Public.Id}\",\"{_key.Public.Id}\"", Encoding.UTF8.GetString(draft.Find(RoleName.Targets)!.ToBytes()), StringComparison.Ordinal);
        DraftFault? fault = DelegationChanges.Add(draft, RoleName.Targets, "other", ["other/*"], isTerminating: false, twice with { Threshold = 2 }, Now);
        Assert.Equal(DraftFaultCode.BadThreshold, fault?.Code);

        string root = Encoding.UTF8.GetString(RepositoryDraft.Create(new RepositoryPlan(twice, twice, twice, twice), Now).Find(RoleName.Root)!.ToBytes());
        Assert.DoesNotContain($"\"{_key.Public.Id}\",\"{_key.Public.Id}\"", root, StringComparison.Ordinal);
    }

    [Fact]
    public void File_goes_to_the_role_that_would_hide_every_later_one()
    {
        RepositoryDraft draft = Draft();
        Assert.Null(TargetChanges.Add(draft, "acme/file", 1, new byte[32], null, Now, out string placed));
        Assert.Equal(RoleName.Targets, placed);
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "acme", ["acme/*"], isTerminating: false, Plan(), Now));

        // Clients ask targets first, and find it there.
        Assert.Null(TargetChanges.Add(draft, "acme/file", 2, new byte[32], null, Now, out placed));
        Assert.Equal(RoleName.Targets, placed);
        Assert.Null(TargetChanges.Add(draft, "acme/other", 2, new byte[32], null, Now, out placed));
        Assert.Equal("acme", placed);
        DraftFault? fault = TargetChanges.Add(draft, "acme/file", 3, new byte[32], "acme", Now, out _);
        Assert.Equal(DraftFaultCode.BadPath, fault?.Code);
        Assert.Contains(RoleName.Targets, fault!.What, StringComparison.Ordinal);
        Assert.Null(TargetChanges.Remove(draft, "acme/file", Now));
        Assert.Null(TargetChanges.Add(draft, "acme/file", 3, new byte[32], "acme", Now, out _));
    }

    [Fact]
    public void Role_that_is_good_for_ages_has_a_date_that_clients_read()
    {
        var ages = new RolePlan([_key.Public], 1, int.MaxValue);
        RepositoryDraft draft = RepositoryDraft.Create(new RepositoryPlan(ages, ages, ages, ages), Now);
        Assert.Null(KeyChanges.Renew(draft, RoleName.Targets, Now));
        Assert.NotNull(MetadataParser.Root(draft.Find(RoleName.Root)!.ToBytes(), out _));
        Assert.NotNull(MetadataParser.Targets(draft.Find(RoleName.Targets)!.ToBytes(), out _));
    }

    [Fact]
    public void Request_to_sign_one_kind_of_role_as_another_is_none()
    {
        RepositoryDraft draft = Draft();
        string request = SigningRequest.Export(draft, DraftSigning.Missing(draft, OpenSslEd25519.Instance));
        Assert.Equal(2, SigningRequest.Read(request)!.Count);
        Assert.Null(SigningRequest.Read(request.Replace("\"_type\": \"root\"", "\"_type\": \"targets\"", StringComparison.Ordinal)));
        Assert.Null(SigningRequest.Read(request.Replace("\"_type\": \"targets\"", "\"_type\": \"snapshot\"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Root_with_a_strangers_key_under_a_known_name_is_told_to_who_signs_it()
    {
        using SigningKey stranger = SigningKey.Generate(KeyScheme.Ed25519, OpenSslEd25519.Instance);
        RepositoryDraft draft = Draft();
        string honest = draft.Find(RoleName.Root)!.Summary();
        Assert.Contains(_key.Public.Id[..8], honest, StringComparison.Ordinal);
        string tampered = Encoding.UTF8.GetString(draft.Find(RoleName.Root)!.ToBytes()).Replace(_key.Public.Text, stranger.Public.Text, StringComparison.Ordinal);
        string summary = DraftRole.Parse(RoleName.Root, Encoding.UTF8.GetBytes(tampered)).Summary();
        Assert.Contains($"{stranger.Public.Id[..8]} (called {_key.Public.Id[..8]})", summary, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"signed":{},"signatures":[]}""")]
    [InlineData("""{"signed":{"version":"1","expires":"2030-01-01T00:00:00Z"},"signatures":[]}""")]
    [InlineData("""{"signed":{"version":1,"expires":"soon"},"signatures":[]}""")]
    [InlineData("""{"signed":{"version":1,"expires":"2030-01-01T00:00:00Z"},"signatures":[null]}""")]
    [InlineData("""{"signed":{"version":1,"expires":"2030-01-01T00:00:00Z"},"signatures":[{"keyid":"a","sig":"x"}]}""")]
    [InlineData("""{"signed":{"version":1,"version":2,"expires":"2030-01-01T00:00:00Z"},"signatures":[]}""")]
    public void Rubbish_on_the_owners_disk_is_no_role(string text) =>
        Assert.ThrowsAny<JsonException>(() => DraftRole.Parse("role", Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Bytes_of_a_private_key_are_wiped_when_they_were_read()
    {
        byte[] pkcs8 = _key.Pkcs8.ToArray();
        using SigningKey read = SigningKey.FromPkcs8(pkcs8, OpenSslEd25519.Instance);
        Assert.Equal(_key.Public.Id, read.Public.Id);
        Assert.All(pkcs8, static octet => Assert.Equal(0, octet));
    }

    [Fact]
    public void Private_key_whose_signatures_nobody_would_take_is_refused()
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        byte[] pkcs8 = ecdsa.ExportPkcs8PrivateKey();
        Assert.Throws<CryptographicException>(() => SigningKey.FromPkcs8(pkcs8, OpenSslEd25519.Instance));
        Assert.All(pkcs8, static octet => Assert.Equal(0, octet));
    }

    private RolePlan Plan() => new([_key.Public], 1, 30);

    private RepositoryDraft Draft() => RepositoryDraft.Create(new RepositoryPlan(Plan(), Plan(), Plan(), Plan()), Now);
}
