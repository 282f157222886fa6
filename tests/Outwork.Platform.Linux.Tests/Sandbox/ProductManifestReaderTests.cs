using System.Text;
using Outwork.Contracts.Products;

namespace Outwork.Platform.Linux.Tests.Sandbox;

public sealed class ProductManifestReaderTests
{
    [Fact]
    public void Full_manifest_is_granted_as_it_asks()
    {
        ProductManifest? manifest = Read("""
            {
              // why it asks for that
              "name": "vendor-1",
              "needs": {
                "network": true, "systemPrograms": true, "data": true, "dataMiB": 128, "read": ["/usr/share/vendor"],
                "memoryMiB": 256, "cpuPercent": 150, "processes": 64, "descriptors": 256
              }
            }
            """, out List<ManifestFault> faults);
        Assert.Empty(faults);
        ProductGrant grant = ProductGrant.Of(manifest!.Needs);
        Assert.Equal(
            new ProductGrant
            {
                Network = true, SystemPrograms = true, Data = true, Read = grant.Read,
                DataMiB = 128, MemoryMiB = 256, CpuPercent = 150, Processes = 64, Descriptors = 256,
            },
            grant);
        Assert.Equal(["/usr/share/vendor"], grant.Read);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"needs":{}}""")]
    [InlineData("""{"needs":null}""")]
    public void What_is_not_asked_for_has_the_default(string json)
    {
        ProductManifest? manifest = Read(json, out _);
        Assert.Equal(ProductGrant.Default, ProductGrant.Of(manifest!.Needs) with { Read = ProductGrant.Default.Read });
        Assert.False(ProductGrant.Default.Network || ProductGrant.Default.Data || ProductGrant.Default.SystemPrograms);
    }

    [Theory]
    [InlineData("""{"nmae":"x"}""", "nmae")]
    [InlineData("""{"needs":{"Network":true}}""", "needs.Network")]
    [InlineData("""{"needs":{"network":"yes"}}""", "needs.network")]
    [InlineData("""{"needs":{"network":true,"network":false}}""", "needs.network")]
    [InlineData("""{"needs":[]}""", "needs")]
    [InlineData("""{"needs":{"memoryMiB":31}}""", "needs.memoryMiB")]
    [InlineData("""{"needs":{"data":true,"dataMiB":7}}""", "needs.dataMiB")]
    [InlineData("""{"needs":{"data":true,"dataMiB":65537}}""", "needs.dataMiB")]
    [InlineData("""{"needs":{"dataMiB":64}}""", "needs.dataMiB")]
    [InlineData("""{"needs":{"memoryMiB":1.5}}""", "needs.memoryMiB")]
    [InlineData("""{"needs":{"memoryMiB":99999999999}}""", "needs.memoryMiB")]
    [InlineData("""{"needs":{"cpuPercent":0}}""", "needs.cpuPercent")]
    [InlineData("""{"needs":{"processes":-1}}""", "needs.processes")]
    [InlineData("""{"needs":{"descriptors":65537}}""", "needs.descriptors")]
    [InlineData("""{"needs":{"read":["relative"]}}""", "needs.read[0]")]
    [InlineData("""{"needs":{"read":["/a","/"]}}""", "needs.read[1]")]
    [InlineData("""{"needs":{"read":["/a/../etc"]}}""", "needs.read[0]")]
    [InlineData("""{"needs":{"read":["/a\u0000b"]}}""", "needs.read[0]")]
    [InlineData("""{"needs":{"read":[null]}}""", "needs.read[0]")]
    [InlineData("""{"name":"Vendor"}""", "name")]
    [InlineData("""{"name":"broker"}""", "name")]
    [InlineData("""{"name":"trial"}""", "name")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    [InlineData("{} {}", "")]
    public void Fault_names_the_field(string json, string field)
    {
        Assert.Null(Read(json, out List<ManifestFault> faults));
        Assert.Equal(field, Assert.Single(faults).Field);
    }

    [Fact]
    public void All_faults_of_the_content_are_listed_at_once()
    {
        Assert.Null(Read("""{"name":"","needs":{"memoryMiB":0,"cpuPercent":0}}""", out List<ManifestFault> faults));
        Assert.Equal(["name", "needs.memoryMiB", "needs.cpuPercent"], faults.Select(fault => fault.Field));
    }

    [Fact]
    public void Too_long_a_manifest_is_refused()
    {
        Assert.Null(Read(new string(' ', ProductManifestReader.MaximumLength) + "{}", out List<ManifestFault> faults));
        Assert.Single(faults);
    }

    [Fact]
    public void Any_bytes_are_read_or_are_a_fault()
    {
        byte[] valid = """{"name":"vendor","needs":{"read":["/usr"],"memoryMiB":64}}"""u8.ToArray();
        var random = new Random(7);
        for (int i = 0; i < 20_000; i++)
        {
            byte[] mutated = [.. valid];
            for (int changes = random.Next(1, 4); changes > 0; changes--)
                mutated[random.Next(mutated.Length)] = (byte)random.Next(256);
            ProductManifest? manifest = ProductManifestReader.Read(mutated.AsSpan(0, random.Next(mutated.Length + 1)), out List<ManifestFault> faults);
            Assert.Equal(manifest is null, faults.Count > 0);
        }
    }

    private static ProductManifest? Read(string json, out List<ManifestFault> faults) =>
        ProductManifestReader.Read(Encoding.UTF8.GetBytes(json), out faults);
}
