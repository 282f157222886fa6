using System.Text;
using Outwork.Content.Packages;
using Outwork.Contracts.Products;

namespace Outwork.Content.Tests.Packages;

public sealed class PackageManifestReaderTests
{
    private const string Least = """ "format":1,"kind":"content","vendor":"acme","product":"acme-guard","version":"1.0.0","schema":{"name":"s","version":1,"fields":21} """;

    [Fact]
    public void Least_manifest_gets_the_defaults()
    {
        PackageManifest manifest = Read("{" + Least + "} // a comment", out _)!;

        Assert.Equal(TrialConditions.Default, manifest.Trial);
        Assert.Equal(CommitConditions.Default, manifest.Commit);
        Assert.Equal(PackageRequirements.None, manifest.Requires);
        Assert.Equal(new PackageSchema("s", 1, 21), manifest.Schema);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    [InlineData("{", "")]
    [InlineData("{}", "format")]
    [InlineData("""{"format":2,"unheardOf":1}""", "unheardOf")]
    [InlineData("""{"format":2}""", "format")]
    [InlineData("""{"format":"1"}""", "format")]
    [InlineData("{" + Least + ""","vendor":"acme"}""", "vendor")]
    [InlineData("{" + Least + ""","surprise":1}""", "surprise")]
    [InlineData("{" + Least + ""","trial":{"minimumReplayedEvents":-1}}""", "trial.minimumReplayedEvents")]
    [InlineData("{" + Least + ""","trial":{"minimumLiveEvents":1e99}}""", "trial.minimumLiveEvents")]
    [InlineData("{" + Least + ""","trial":{"minimumLiveSeconds":604801}}""", "trial.minimumLiveSeconds")]
    [InlineData("{" + Least + ""","trial":{"maximumMemoryGrowthMiB":65537}}""", "trial.maximumMemoryGrowthMiB")]
    [InlineData("{" + Least + ""","trial":{"maximumMissedDeadlines":1.5}}""", "trial.maximumMissedDeadlines")]
    [InlineData("{" + Least + ""","trial":{"maximumNewlyDenied":"0"}}""", "trial.maximumNewlyDenied")]
    [InlineData("{" + Least + ""","trial":{"maximumNewlyDeniedd":0}}""", "trial.maximumNewlyDeniedd")]
    [InlineData("{" + Least + ""","commit":{"minimumSeconds":-1}}""", "commit.minimumSeconds")]
    [InlineData("{" + Least + ""","commit":7}""", "commit")]
    [InlineData("{" + Least + ""","requires":{"product":{"from":"2.0.0","below":"2.0.0"}}}""", "requires.product")]
    [InlineData("{" + Least + ""","requires":{"outwork":{"from":"two"}}}""", "requires.outwork.from")]
    [InlineData("{" + Least + ""","requires":{"systems":["Linux"]}}""", "requires.systems[0]")]
    [InlineData("{" + Least + ""","requires":{"systems":["linux-x64","linux-x64"]}}""", "requires.systems[1]")]
    [InlineData("{" + Least + ""","requires":{"systems":[null]}}""", "requires.systems[0]")]
    [InlineData("{" + Least + ""","files":[]}""", "files")]
    [InlineData("""{"format":1,"kind":"content","vendor":"acme","product":"acme-guard","version":"1.0.0"}""", "schema")]
    [InlineData("""{"format":1,"kind":"content","vendor":"acme","product":"g","version":"1.0.0","schema":{"name":"s","version":1}}""", "schema.fields")]
    [InlineData("""{"format":1,"kind":"content","vendor":"acme","product":"g","version":"1.0.0","schema":{"name":"s","version":0,"fields":1}}""", "schema.version")]
    [InlineData("""{"format":1,"kind":"content","vendor":"acme","product":"g","version":"1.0.0","schema":{"name":"S","version":1,"fields":1}}""", "schema.name")]
    [InlineData("""{"format":1,"kind":"product","vendor":"acme","product":"g","version":"1.0.0","schema":{"name":"s","version":1,"fields":1}}""", "schema")]
    [InlineData("""{"format":1,"kind":"rules","vendor":"acme","product":"g","version":"1.0.0","schema":{"name":"s","version":1,"fields":1}}""", "kind")]
    [InlineData("""{"format":1,"kind":"product","vendor":"Acme","product":"g","version":"1.0.0"}""", "vendor")]
    [InlineData("""{"format":1,"kind":"product","vendor":"acme","product":"-g","version":"1.0.0"}""", "product")]
    [InlineData("""{"format":1,"kind":"product","vendor":"acme","product":"../g","version":"1.0.0"}""", "product")]
    [InlineData("""{"format":1,"kind":"product","vendor":"acme","product":"g","version":"1.0"}""", "version")]
    [InlineData("""{"format":1,"kind":"product","vendor":"acme","product":"g","version":"1.0.0+build"}""", "version")]
    public void Fault_names_its_field(string json, string field)
    {
        Assert.Null(Read(json, out List<ManifestFault> faults));
        Assert.Equal(field, Assert.Single(faults).Field);
    }

    [Theory]
    [InlineData("linux-musl-x64", true)]
    [InlineData("osx.13-arm64", true)]
    [InlineData("linux", false)]
    [InlineData("linux--x64", false)]
    [InlineData("linux-musl-x64-", false)]
    [InlineData("linux-a-b-c", false)]
    public void System_is_a_runtime_identifier(string system, bool isOne) =>
        Assert.Equal(isOne, Read("{" + Least + ",\"requires\":{\"systems\":[\"" + system + "\"]}}", out _) is not null);

    [Fact]
    public void Hostile_list_of_systems_has_one_fault_and_takes_no_time()
    {
        string systems = string.Join(',', Enumerable.Range(0, 100_000).Select(static i => $"\"Linux-{i}\""));

        Assert.Null(Read("{" + Least + ",\"requires\":{\"systems\":[" + systems + "]}}", out List<ManifestFault> faults));

        Assert.Equal("requires.systems: more than 32", Assert.Single(faults).ToString());
    }

    [Fact]
    public void Manifest_of_a_package_must_list_its_files()
    {
        Assert.Null(PackageManifestReader.Read(Encoding.UTF8.GetBytes("{" + Least + "}"), out List<ManifestFault> faults));
        Assert.Equal("files", Assert.Single(faults).Field);
    }

    [Theory]
    [InlineData("{}", "files[0].path")]
    [InlineData("null", "files[0].path")]
    [InlineData("""{"path":"a"}""", "files[0].size")]
    [InlineData("""{"path":"a","size":-1}""", "files[0].size")]
    [InlineData("""{"path":"a","size":1}""", "files[0].sha256")]
    [InlineData("""{"path":"a","size":1,"sha256":"E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855"}""", "files[0].sha256")]
    public void Fault_of_a_file_names_its_field(string file, string field)
    {
        Assert.Null(PackageManifestReader.Read(Encoding.UTF8.GetBytes("{" + Least + ",\"files\":[" + file + "]}"), out List<ManifestFault> faults));
        Assert.Equal(field, Assert.Single(faults).Field);
    }

    [Fact]
    public void All_faults_of_the_content_are_listed_at_once()
    {
        Read("""{"format":1,"kind":"x","vendor":"","product":"","version":"","schema":{}}""", out List<ManifestFault> faults);
        Assert.Equal(["kind", "product", "schema.fields", "schema.name", "schema.version", "vendor", "version"], faults.Select(f => f.Field).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Vendor_may_tighten_conditions_and_not_loosen_them()
    {
        TrialConditions asked = TrialConditions.Default with { MinimumReplayedEvents = 1, MaximumMissedDeadlines = 100, MinimumLiveSeconds = 3_600 };

        TrialConditions inForce = asked.Strictest(TrialConditions.Default);

        Assert.Equal(TrialConditions.Default with { MinimumLiveSeconds = 3_600 }, inForce);
        Assert.Equal(inForce, TrialConditions.Default.Strictest(asked));
        Assert.Equal(["trial.minimumReplayedEvents", "trial.maximumMissedDeadlines"], asked.LooserThan(TrialConditions.Default));
        Assert.Equal(["commit.minimumSeconds"], new CommitConditions { MinimumSeconds = 0 }.LooserThan(CommitConditions.Default));
    }

    private static PackageManifest? Read(string json, out List<ManifestFault> faults) => PackageManifestReader.ReadSource(Encoding.UTF8.GetBytes(json), out faults);
}
