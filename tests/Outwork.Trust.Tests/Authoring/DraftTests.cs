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
        string honest = string.Join('\n', RoleSummary.Of(draft.Find(RoleName.Root)!)!);
        Assert.Contains(_key.Public.Id, honest, StringComparison.Ordinal);
        string tampered = Encoding.UTF8.GetString(draft.Find(RoleName.Root)!.ToBytes()).Replace(_key.Public.Text, stranger.Public.Text, StringComparison.Ordinal);
        string summary = string.Join('\n', RoleSummary.Of(DraftRole.Parse(RoleName.Root, Encoding.UTF8.GetBytes(tampered)))!);
        Assert.Contains($"{stranger.Public.Id} (called {_key.Public.Id[..8]})", summary, StringComparison.Ordinal);
    }

    [Fact]
    public void Everything_that_a_client_would_act_on_is_told_to_who_signs_it()
    {
        RepositoryDraft draft = Draft();
        Assert.Null(TargetChanges.Add(draft, "acme/file", 7, new byte[32], null, Now, out _));
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "acme", ["acme/*", "other/*"], isTerminating: true, Plan(), Now));
        DraftRole targets = draft.Find(RoleName.Targets)!;
        string told = string.Join('\n', RoleSummary.Of(targets)!);
        Assert.Contains($"file acme/file: 7 bytes, sha256 {new string('0', 64)}", told, StringComparison.Ordinal);
        Assert.Contains($"delegates acme/* other/* to acme, terminating, signed by 1 of {_key.Public.Id}", told, StringComparison.Ordinal);
        Assert.Contains(Convert.ToHexStringLower(SHA256.HashData(targets.Canonical())), told, StringComparison.Ordinal);
        // The kind of role decides, and no member that only looks like another kind's.
        string decoy = Encoding.UTF8.GetString(targets.ToBytes()).Replace("\"_type\":", "\"roles\":{\"root\":null},\"_type\":", StringComparison.Ordinal);
        Assert.Contains("file acme/file", string.Join('\n', RoleSummary.Of(DraftRole.Parse(RoleName.Targets, Encoding.UTF8.GetBytes(decoy)))!), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"roles\":{", "\"roles\":{\"root\":null,\"other\":{")]
    [InlineData("\"threshold\": 1", "\"threshold\": 0")]
    public void Request_that_could_not_be_shown_is_none(string part, string other)
    {
        RepositoryDraft draft = Draft();
        string request = SigningRequest.Export(draft, DraftSigning.Missing(draft, OpenSslEd25519.Instance)).Replace("\": {", "\":{", StringComparison.Ordinal);
        Assert.NotNull(SigningRequest.Read(request));
        Assert.Contains(part, request, StringComparison.Ordinal);
        Assert.Null(SigningRequest.Read(request.Replace(part, other, StringComparison.Ordinal)));
    }

    [Fact]
    public void File_beyond_a_terminating_delegation_is_not_put_where_no_client_looks()
    {
        RepositoryDraft draft = Draft();
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "first", ["a/*"], isTerminating: true, Plan(), Now));
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "second", ["a/*"], isTerminating: false, Plan(), Now));
        Assert.Equal(DraftFaultCode.BadPath, TargetChanges.Add(draft, "a/file", 1, new byte[32], "second", Now, out _)?.Code);
        Assert.Null(TargetChanges.Add(draft, "a/file", 1, new byte[32], "first", Now, out _));
    }

    [Fact]
    public void File_behind_what_a_delegated_role_ends_is_not_found_either()
    {
        RepositoryDraft draft = Draft();
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "first", ["a/*"], isTerminating: false, Plan(), Now));
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "second", ["a/*"], isTerminating: false, Plan(), Now));
        Assert.Null(TargetChanges.Add(draft, "a/before", 1, new byte[32], "second", Now, out _));
        Assert.Null(DelegationChanges.Add(draft, "first", "deep", ["a/*"], isTerminating: true, Plan(), Now));
        Assert.Equal(DraftFaultCode.BadPath, TargetChanges.Add(draft, "a/file", 1, new byte[32], "second", Now, out _)?.Code);
        Assert.Null(TargetChanges.Add(draft, "a/file", 1, new byte[32], "deep", Now, out _));
    }

    [Fact]
    public void Roles_that_nobody_delegates_to_any_more_are_not_staged_and_cannot_be_renewed()
    {
        RepositoryDraft draft = Draft();
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "acme", ["a/*"], isTerminating: false, Plan(), Now));
        Assert.Null(DelegationChanges.Add(draft, "acme", "deep", ["a/*"], isTerminating: false, Plan(), Now));
        RepositoryDraft published = new([.. draft.Staged.Values], []);
        Assert.Null(KeyChanges.Renew(published, "deep", Now));
        Assert.Null(DelegationChanges.Remove(published, "acme", Now));
        Assert.Equal([RoleName.Targets], published.Staged.Keys);
        Assert.Equal(DraftFaultCode.UnknownRole, KeyChanges.Renew(published, "deep", Now)?.Code);
        Assert.Equal(DraftFaultCode.UnknownRole, DelegationChanges.Add(published, "acme", "other", ["a/*"], isTerminating: false, Plan(), Now)?.Code);
    }

    [Fact]
    public void Staged_role_without_a_delegator_is_not_published_unsigned()
    {
        RepositoryDraft draft = Draft();
        Assert.NotEmpty(DraftSigning.Sign(draft, _key, null));
        RepositoryDraft stray = new([], [.. draft.Staged.Values, DraftRole.Parse("stray", draft.Find(RoleName.Targets)!.ToBytes())]);
        Assert.Null(Publication.Create(stray, [_key], Now, OpenSslEd25519.Instance, out DraftFault? fault));
        Assert.Contains("stray", fault!.What, StringComparison.Ordinal);
        Assert.Null(stray.Discard("stray"));
        Assert.NotNull(Publication.Create(stray, [_key], Now, OpenSslEd25519.Instance, out _));
    }

    [Fact]
    public void Bins_go_by_the_prefix_of_their_names()
    {
        RepositoryDraft draft = Draft();
        Assert.Null(DelegationChanges.AddBins(draft, RoleName.Targets, "bin", 2, Plan(), Now));
        Assert.Equal(6, draft.Staged.Count);
        Assert.Equal(DraftFaultCode.UnknownRole, DelegationChanges.Remove(draft, "bin-0", Now)?.Code);
        Assert.Null(DelegationChanges.Remove(draft, "bin", Now));
        Assert.Equal([RoleName.Root, RoleName.Targets], draft.Staged.Keys);
        Assert.Equal([RoleName.Targets], draft.TargetsRoles());
        Assert.Null(DelegationChanges.Add(draft, RoleName.Targets, "acme", ["a/*"], isTerminating: false, Plan(), Now));
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
