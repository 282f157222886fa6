namespace Outwork.Warden.Tests;

public sealed class WardenOptionsTests
{
    [Theory]
    [InlineData("--no-such", "--no-such")]
    [InlineData("--mount", "--mount")]
    [InlineData("--mount /no/such", "/no/such")]
    [InlineData("--no-product --policy /no/such.yaml", "/no/such.yaml")]
    [InlineData("--product x", "NAME=PROGRAM")]
    [InlineData("--product ../x=/bin/true", "NAME=PROGRAM")]
    [InlineData("--product a=/no/such", "/no/such")]
    [InlineData("--product a=/bin/true --product a=/bin/true", "twice")]
    [InlineData("--no-product --parent-fd x", "--parent-fd x")]
    [InlineData("--product agent=/bin/true", "a process of Outwork's own")]
    [InlineData("--product broker=/bin/true", "a process of Outwork's own")]
    [InlineData("--product a=/bin/true --allow-resources b", "--allow-resources b: no such product")]
    [InlineData("--product a=/bin/true --allow-network b", "--allow-network b: no such product")]
    [InlineData("--product a=/bin/true --allow-network ../a", "--allow-network ../a")]
    public void Fault_of_the_command_line_is_named(string commandLine, string named)
    {
        Assert.Null(WardenOptions.Parse(commandLine.Split(' '), out string fault));
        Assert.Contains(named, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Product_given_replaces_the_default_one()
    {
        WardenOptions? options = WardenOptions.Parse(["--product", "mine=/bin/true"], out string fault);
        Assert.Equal("", fault);
        Assert.Equal(new ProductOption("mine", "/bin/true"), Assert.Single(options!.Products));
    }

    [Fact]
    public void No_product_gives_none()
    {
        Assert.Empty(WardenOptions.Parse(["--no-product", "--run-dir", "relative/run/"], out _)!.Products);
    }

    [Fact]
    public void Nothing_is_allowed_that_was_not_said()
    {
        WardenOptions options = WardenOptions.Parse(["--product", "a=/bin/true"], out _)!;
        Assert.Empty(options.NetworkAllowed);
        Assert.Empty(options.ResourcesAllowed);
        Assert.False(options.AllowWeakerConfinement);
    }

    [Fact]
    public void What_the_administrator_allows_is_taken()
    {
        WardenOptions options = WardenOptions.Parse(
            ["--product", "a=/bin/true", "--allow-network", "a", "--allow-weaker-confinement", "--product", "b=/bin/true"], out string fault)!;
        Assert.Equal("", fault);
        Assert.Equal(["a"], options.NetworkAllowed);
        Assert.True(options.AllowWeakerConfinement);
    }
}
