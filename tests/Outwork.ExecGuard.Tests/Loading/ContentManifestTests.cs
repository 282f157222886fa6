using System.Text;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests.Loading;

public sealed class ContentManifestTests
{
    [Fact]
    public void Both_parts_are_read_and_both_are_optional()
    {
        Assert.Equal(new ContentManifest("2026.11.1", 1 << 20), Read("{\"version\": \"2026.11.1\", \"scanLimit\": 1048576}"));
        Assert.Equal(new ContentManifest(null, 16 << 20), Read("{ /* nothing */ }"));
        Assert.Equal(new ContentManifest(null, 16 << 20), Read(""));
    }

    [Theory]
    [InlineData("{\n  \"version\": \"1\",\n  \"scanlimit\": 5000\n}", "execguard.json:3: ")]
    [InlineData("{\n  \"scanLimit\": \"16M\"\n}", "execguard.json:2: ")]
    [InlineData("{\n\n  oops\n}", "execguard.json:3: ")]
    [InlineData("{\"scanLimit\": 100}", "execguard.json: scanLimit is 100; it must be from 4096 to 67108864 bytes")]
    [InlineData("{\"scanLimit\": 67108865}", "execguard.json: scanLimit is 67108865")]
    [InlineData("{\"scanLimit\": 99999999999}", "execguard.json:1: ")]
    [InlineData("{\"version\": \"\"}", "execguard.json: version must be")]
    [InlineData("{\"version\": \"one two\"}", "execguard.json: version must be")]
    [InlineData("{\"version\": \"1\", \"version\": \"2\"}", "execguard.json:1: ")]
    [InlineData("[1]", "execguard.json:1: ")]
    public void A_wrong_manifest_is_told_with_its_place(string json, string message)
    {
        var faults = new List<ContentFault>();
        Assert.Null(ContentManifest.Read(Encoding.UTF8.GetBytes(json), ContentManifest.FileName, faults));
        Assert.StartsWith(message, Assert.Single(faults).ToString(), StringComparison.Ordinal);
    }

    private static ContentManifest? Read(string json)
    {
        var faults = new List<ContentFault>();
        ContentManifest? manifest = ContentManifest.Read(Encoding.UTF8.GetBytes(json), ContentManifest.FileName, faults);
        Assert.Empty(faults);
        return manifest;
    }
}
