using System.Security.Cryptography;
using System.Text;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Loading;

namespace Outwork.ExecGuard.Tests.Lists;

public sealed class HashListParserTests
{
    private static readonly string A = new('a', 64);
    private static readonly string B = string.Concat(Enumerable.Repeat("0123456789ABCDEF", 4));

    [Fact]
    public void Lines_of_sha256sum_bare_digests_comments_and_empty_lines_are_read()
    {
        string text = $"# a comment\n\n{A}\n{B} *binary.exe\r\n\t{A}  text name\n\\{B}  escaped\\nname\n{A}";
        (HashListEntry[] entries, string[] faults) = Parse(text);
        Assert.Empty(faults);
        Assert.Equal([3u, 4u, 5u, 6u, 7u], entries.Select(entry => entry.Line));
        Assert.Equal([A, B.ToLowerInvariant(), A, B.ToLowerInvariant(), A], entries.Select(entry => entry.Digest.ToString()));
    }

    [Fact]
    public void What_sha256sum_prints_is_read()
    {
        using var folder = new ContentFolder();
        folder.With("plain", "1").With("new\nline", "2").With("back\\slash", "3").With(" space", "4");
        TestProcess printed = TestProcess.Run("sha256sum", Directory.GetFiles(folder.Path));
        (HashListEntry[] entries, string[] faults) = Parse(printed.Output);
        Assert.Empty(faults);
        Assert.Equal(
            new[] { "1", "2", "3", "4" }.Select(text => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)))).Order(),
            entries.Select(entry => entry.Digest.ToString()).Order());
    }

    [Theory]
    [InlineData("d41d8cd98f00b204e9800998ecf8427e  md5", "found 32 digits (an MD5 has 32)")]
    [InlineData("da39a3ee5e6b4b0d3255bfef95601890afd80709", "found 40 digits (a SHA-1 has 40)")]
    [InlineData("SHA256 (file) = e3b0", "this is the format of `sha256sum --tag`")]
    [InlineData("nonsense", "found 0 digits")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa,x", "and then a space or nothing")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "found 65 digits")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "found 63 digits")]
    public void A_line_that_is_no_digest_is_named_with_its_number(string line, string message)
    {
        (HashListEntry[] entries, string[] faults) = Parse($"# fine\n{A}\n{line}\n{A}\n");
        string fault = Assert.Single(faults);
        Assert.StartsWith("deny.sha256:3: ", fault, StringComparison.Ordinal);
        Assert.Contains(message, fault, StringComparison.Ordinal);
        Assert.Equal(2, entries.Length);
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over()
    {
        (HashListEntry[] entries, string[] faults) = Parse("\ufeff" + A + "\n");
        Assert.Empty(faults);
        Assert.Single(entries);
    }

    [Fact]
    public void A_line_too_long_is_a_fault_and_the_next_line_is_read()
    {
        string longest = A + " " + new string('n', ContentLimits.ListLineLength - 65);
        (HashListEntry[] entries, string[] faults) = Parse($"{longest}\n{longest}x\n{A}\n");
        Assert.Equal(["deny.sha256:2: the line is longer than 8192 bytes"], faults);
        Assert.Equal([1u, 3u], entries.Select(entry => entry.Line));
    }

    [Fact]
    public void After_ten_faults_it_gives_up()
    {
        (_, string[] faults) = Parse(string.Concat(Enumerable.Repeat("x\n", 50)));
        Assert.Equal(ContentLimits.FaultsPerFile, faults.Length);
    }

    [Fact]
    public void More_entries_than_may_be_are_one_fault()
    {
        (HashListEntry[] entries, string[] faults) = Parse($"{A}\n{A}\n{A}\n{A}\n", maxEntries: 2);
        Assert.StartsWith("deny.sha256:3: too many hashes", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Equal(2, entries.Length);
    }

    internal static (HashListEntry[] Entries, string[] Faults) Parse(string text, int maxEntries = 1000) =>
        Parse(Encoding.UTF8.GetBytes(text), maxEntries);

    internal static (HashListEntry[] Entries, string[] Faults) Parse(byte[] text, int maxEntries = 1000, Random? pieces = null)
    {
        using var memory = new HashListMemory();
        using var parser = new HashListParser("deny.sha256", memory, maxEntries);
        for (int at = 0; at < text.Length;)
        {
            int length = pieces is null ? text.Length : Math.Min(pieces.Next(0, 100), text.Length - at);
            parser.Feed(text.AsSpan(at, length));
            at += length;
        }

        parser.Complete();
        return (memory.Entries.ToArray(), [.. parser.Faults.Select(fault => fault.ToString())]);
    }
}
