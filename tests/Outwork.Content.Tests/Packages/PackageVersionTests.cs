using Outwork.Content.Packages;

namespace Outwork.Content.Tests.Packages;

public sealed class PackageVersionTests
{
    // The first eight are the example of Semantic Versioning 2.0.0, section 11.
    private static readonly string[] Ordered =
    [
        "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0",
        "1.0.1", "1.2.0", "1.10.0", "2.0.0-1", "2.0.0-99999999999999999999", "2.0.0--", "2.0.0", "20260719040912.0.0",
    ];

    [Fact]
    public void Versions_are_in_the_order_of_semantic_versioning()
    {
        for (int i = 0; i < Ordered.Length; i++)
        {
            for (int j = 0; j < Ordered.Length; j++)
                Assert.Equal(Math.Sign(i.CompareTo(j)), Math.Sign(PackageVersion.Parse(Ordered[i]).CompareTo(PackageVersion.Parse(Ordered[j]))));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1.0")]
    [InlineData("1.0.0.0")]
    [InlineData("01.0.0")]
    [InlineData("1.0.0-")]
    [InlineData("1.0.0-a..b")]
    [InlineData("1.0.0-01")]
    [InlineData("1.0.0+build")]
    [InlineData("1.0.-1")]
    [InlineData(" 1.0.0")]
    [InlineData("v1.0.0")]
    [InlineData("1.0.0-\u00e4")]
    [InlineData("\u0661.0.0")]
    [InlineData("9999999999999999999.0.0")]
    public void What_is_no_version_is_refused(string text) => Assert.False(PackageVersion.TryParse(text, out _));

    [Fact]
    public void Range_has_its_first_and_not_its_last()
    {
        var range = new PackageVersionRange(PackageVersion.Parse("1.2.0"), PackageVersion.Parse("2.0.0"));
        Assert.True(range.Contains(PackageVersion.Parse("1.2.0")));
        Assert.True(range.Contains(PackageVersion.Parse("2.0.0-rc.1")));
        Assert.False(range.Contains(PackageVersion.Parse("2.0.0")));
        Assert.False(range.Contains(PackageVersion.Parse("1.2.0-rc.1")));
        Assert.True(PackageVersionRange.Any.Contains(PackageVersion.Parse("0.0.0")));
    }
}
