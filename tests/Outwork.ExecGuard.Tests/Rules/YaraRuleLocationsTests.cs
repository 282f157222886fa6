using System.Text;
using Outwork.Products.ExecGuard.Rules;

namespace Outwork.ExecGuard.Tests.Rules;

public sealed class YaraRuleLocationsTests
{
    [Fact]
    public void Rules_are_found_behind_comments_strings_and_expressions_that_speak_of_rules()
    {
        YaraRuleLocations found = Read("""
            // rule in_a_comment
            /* rule in_a
               longer comment */ import "elf"
            rule first : tag { strings: $a = "rule in_a_string \" rule still" $b = /rule in_regex[/"]\/ rule x/i condition: $a or $b }
            private global rule
              second
            {
                strings:
                    $h = { AB [4-6] (01 | ~02) // rule in_hex
                           ?? }
                condition: $h and 10 \ 2 == 5
            }
            import "math" rule third { condition: false }
            """);
        Assert.Equal(3, found.Count);
        Assert.Equal([("elf", 3), ("math", 13)], found.Imports);
        Assert.Equal((4, 6, 13), (found.LineOf("first"), found.LineOf("second"), found.LineOf("third")));
        Assert.Equal(0, found.LineOf("in_regex"));
    }

    [Theory]
    [InlineData("rule")]
    [InlineData("/* never closed rule x")]
    [InlineData("\"never closed")]
    [InlineData("import \"")]
    [InlineData("/")]
    [InlineData("\"\\")]
    [InlineData("")]
    public void Cut_off_text_is_no_rule(string text) => Assert.Equal(0, Read(text).Count);

    [Fact]
    public void No_bytes_whatever_throw()
    {
        string[] pieces = ["rule ", "import ", "\"", "/", "/*", "*/", "//", "\\", "\n", "{", "}", "x1", "\0", "é"];
        var random = new Random(11);
        for (int round = 0; round < 5000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => pieces[random.Next(pieces.Length)]));
            YaraRuleLocations found = Read(text);
            Assert.All(found.Imports, import => Assert.InRange(import.Line, 1, 31));
        }
    }

    private static YaraRuleLocations Read(string text) => new(Encoding.UTF8.GetBytes(text));
}
