using System.Diagnostics;
using Outwork.Trust.Delegation;

namespace Outwork.Trust.Tests.Delegation;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("*", "file", true)]
    [InlineData("*", "", true)]
    [InlineData("*", "a/b", false)]
    [InlineData("*/*", "a/b", true)]
    [InlineData("a/*", "a/b/c", false)]
    [InlineData("a/*", "/a/b", false)]
    [InlineData("*.py", "x.py", true)]
    [InlineData("*.py", "x.pyc", false)]
    [InlineData("foo-version-?.tar", "foo-version-1.tar", true)]
    [InlineData("foo-version-?.tar", "foo-version-10.tar", false)]
    [InlineData("a?c", "a/c", false)]
    [InlineData("[abc]", "b", true)]
    [InlineData("[abc]", "d", false)]
    [InlineData("[a-c]x", "bx", true)]
    [InlineData("[!a-c]", "b", false)]
    [InlineData("[!a-c]", "d", true)]
    [InlineData("[]]", "]", true)]
    [InlineData("[]-a]", "a", true)]
    [InlineData("[a", "[a", true)]
    [InlineData("[", "[", true)]
    [InlineData("a*b*c", "aXbYbZc", true)]
    [InlineData("a*b*c", "aXbYbZ", false)]
    [InlineData("**", "anything", true)]
    [InlineData("", "", true)]
    [InlineData("", "a", false)]
    [InlineData("A", "a", false)]
    [InlineData("a.c", "abc", false)]
    [InlineData("?.txt", "\U0001F600.txt", true)]
    [InlineData("??.txt", "\U0001F600.txt", false)]
    [InlineData("[\U0001F600-\U0001F602]x", "\U0001F601x", true)]
    [InlineData("[\U0001F600-\U0001F602]x", "\U0001F603x", false)]
    [InlineData("*[!\U0001F600]c", "\U0001F600c", false)]
    [InlineData("*\U0001F600", "a\U0001F601\U0001F600", true)]
    public void Pattern_matches_as_a_shells_folder_by_folder(string pattern, string path, bool expected) =>
        Assert.Equal(expected, PathPattern.Matches(pattern, path));

    [Fact]
    public void Pattern_that_makes_others_backtrack_for_ever_ends_at_once()
    {
        long start = Stopwatch.GetTimestamp();
        Assert.False(PathPattern.Matches(string.Concat(Enumerable.Repeat("a*", 200)) + "b", new string('a', 20_000)));
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(5));
    }
}
