using Outwork.Platform.Linux.Sandbox.Attempts;

namespace Outwork.Platform.Linux.Tests.Sandbox;

public sealed class FileGrantsTests
{
    [Theory]
    [InlineData("/usr/lib", "r", true)]
    [InlineData("/usr/lib/a/b", "rx", true)]
    [InlineData("/usr/lib64", "r", false)]
    [InlineData("/usr", "r", false)]
    [InlineData("/usr/lib/a", "w", false)]
    [InlineData("/tmp/a", "rw", true)]
    [InlineData("/tmp/run/a", "wx", true)]
    [InlineData("/", "r", false)]
    public void Path_is_covered_by_the_rules_at_and_above_it(string path, string needed, bool covered)
    {
        GrantedAccess access = GrantedAccess.None;
        foreach (char letter in needed)
            access |= letter switch { 'r' => GrantedAccess.Read, 'w' => GrantedAccess.Write, _ => GrantedAccess.Execute };
        Assert.Equal(covered, Sample().Cover(path, access));
    }

    [Fact]
    public void Grants_are_read_as_they_were_written()
    {
        FileGrants grants = Sample();
        grants.Add(BytePath.FromBytes([(byte)'/', 0xff]), GrantedAccess.Read);

        FileGrants read = FileGrants.Decode(grants.Encode());

        Assert.Equal(grants.Encode(), read.Encode());
        Assert.True(read.Cover(BytePath.FromBytes([(byte)'/', 0xff, (byte)'/', (byte)'x']), GrantedAccess.Read));
    }

    [Theory]
    [InlineData("//usr/./lib/../bin//x/", "/usr/bin/x")]
    [InlineData("/../..", "/")]
    [InlineData("/a/..b/...", "/a/..b/...")]
    public void Path_is_normalised(string path, string expected) => Assert.Equal(expected, BytePath.Normalise(path));

    [Fact]
    public void Path_is_told_in_printable_characters_and_bounded()
    {
        Assert.Equal("/ä?[31m?b?", BytePath.ToText(BytePath.FromText("/ä\u001b[31m\nb") + '\xff'));
        string longest = BytePath.ToText("/" + new string('x', 4000));
        Assert.Equal(BytePath.LongestTold + 3, longest.Length);
        Assert.EndsWith("x...", longest, StringComparison.Ordinal);
    }

    private static FileGrants Sample()
    {
        var grants = new FileGrants();
        grants.Add("/usr/lib", GrantedAccess.Read | GrantedAccess.Execute);
        grants.Add("/tmp", GrantedAccess.Read | GrantedAccess.Write);
        grants.Add("/tmp/run", GrantedAccess.Execute);
        return grants;
    }
}
