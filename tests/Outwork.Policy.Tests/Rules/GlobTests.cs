using FsCheck;
using FsCheck.Fluent;
using Outwork.Broker.Rules;
using Outwork.Policy.Tests.Support;

namespace Outwork.Policy.Tests.Rules;

public sealed class GlobTests
{
    [Theory]
    [InlineData("/usr/bin/*", "/usr/bin/ls", true)]
    [InlineData("/usr/bin/*", "/usr/bin/a/b", false)]
    [InlineData("/usr/**", "/usr/bin/a/b", true)]
    [InlineData("/usr/**", "/usr", false)]
    [InlineData("/usr/**/x", "/usr/x", true)]
    [InlineData("/usr/**/x", "/usr/a/b/x", true)]
    [InlineData("/usr/**/x", "/usr/ax", false)]
    [InlineData("/**/**/x", "/x", true)]
    [InlineData("/**.sh", "/a/b.sh", true)]
    [InlineData("/a?c", "/abc", true)]
    [InlineData("/a?c", "/a/c", false)]
    [InlineData("/a[!b]c", "/a/c", false)]
    [InlineData("/a[!b]c", "/axc", true)]
    [InlineData("/[]x]", "/]", true)]
    [InlineData("/[!]x]", "/]", false)]
    [InlineData("/[!]x]", "/y", true)]
    [InlineData("/[a-]", "/-", true)]
    [InlineData("/[\\]a]", "/]", true)]
    [InlineData("/{a,b{c,d}}e", "/bde", true)]
    [InlineData("/{a,b{c,d}}e", "/be", false)]
    [InlineData("/lib{,64}/x", "/lib/x", true)]
    [InlineData("/\\*", "/*", true)]
    [InlineData("/\\*", "/a", false)]
    [InlineData("/\\{a", "/{a", true)]
    [InlineData("/a}", "/a}", true)]
    [InlineData("/ä*", "/äö", true)]
    public void Pattern_matches_as_documented(string pattern, string path, bool expected) =>
        Assert.Equal(expected, Glob.TryParse(pattern, out _)!.IsMatch(path));

    [Fact]
    public void Matching_equals_the_naive_matcher()
    {
        int matches = 0;
        Prop.ForAll<int>(seed =>
        {
            var make = new RandomPolicy(new Random(seed));
            string pattern = make.Pattern();
            var glob = Glob.TryParse(pattern, out _)!;
            for (int i = 0; i < 20; i++)
            {
                string path = make.Path();
                bool expected = NaiveGlob.IsMatch(pattern, path);
                Assert.True(expected == glob.IsMatch(path), $"{pattern} on {path}: expected {expected}");
                matches += expected ? 1 : 0;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000).WithEndSize(int.MaxValue).WithReplay(20261104, 7));
        Assert.True(matches > 1_000, $"only {matches}");
    }

    [Theory]
    [InlineData("*a")]
    [InlineData("**a")]
    [InlineData("**/")]
    [InlineData("*?")]
    [InlineData("*[!b]")]
    public void Pattern_made_to_explode_takes_at_most_pattern_times_text_steps(string repeated)
    {
        string pattern = "/" + string.Concat(Enumerable.Repeat(repeated, 1_000 / repeated.Length)) + "b";
        string text = "/" + string.Concat(Enumerable.Repeat("aaa/", 1_000));
        long steps = 0;
        Assert.False(Glob.TryParse(pattern, out _)!.IsMatch(text, ref steps));
        Assert.InRange(steps, 1, 2L * pattern.Length * text.Length);
    }

    [Theory]
    [InlineData("{", 2_000)]
    [InlineData("{a,b}", 100)]
    [InlineData("{a}", 300)]
    [InlineData("{a,{b,", 100)]
    public void Braces_made_to_explode_are_refused(string repeated, int times)
    {
        Assert.Null(Glob.TryParse("/" + string.Concat(Enumerable.Repeat(repeated, times)), out string fault));
        Assert.NotEmpty(fault);
    }
}
