using System.Diagnostics;
using System.Text;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Loading;
using Outwork.Products.ExecGuard.Rules;

namespace Outwork.ExecGuard.Tests.Rules;

public sealed class YaraRuleSetTests
{
    private const long Second = 1_000_000_000;

    public YaraRuleSetTests() => Assert.Null(YaraLibrary.Unavailable);

    [Fact]
    public void A_match_names_rule_file_and_line()
    {
        using YaraRuleSet rules = Build(("bad.yar", "\n\nrule Bad_Thing { strings: $a = \"evil\" condition: $a }"));
        Assert.Equal(YaraScanResult.Matched("rule Bad_Thing (bad.yar:3)"), rules.Scan("some evil text"u8, Second));
        Assert.Equal(YaraScanResult.NoMatch, rules.Scan("some good text"u8, Second));
        Assert.Equal(YaraScanResult.NoMatch, rules.Scan([], Second));
    }

    [Fact]
    public void Rules_of_one_name_in_two_files_are_told_apart()
    {
        using YaraRuleSet rules = Build(
            ("a.yar", "rule R { strings: $a = \"one\" condition: $a }"),
            ("b.yara", "\nrule R { strings: $a = \"two\" condition: $a }"));
        Assert.Equal("rule R (b.yara:2)", rules.Scan("two"u8, Second).Rules);
        Assert.Equal("rules R (a.yar:1), R (b.yara:2)", rules.Scan("one two"u8, Second).Rules);
        Assert.Equal((2, 2), (rules.RuleCount, rules.FileCount));
    }

    [Fact]
    public void Of_many_matches_the_first_four_are_named_and_private_rules_are_not()
    {
        string text = string.Concat(Enumerable.Range(0, 9).Select(i => $"rule R{i} {{ condition: filesize == 3 }} ")) + "private rule P { condition: true }";
        using YaraRuleSet rules = Build(("a.yar", text));
        Assert.Equal("rules R0 (a.yar:1), R1 (a.yar:1), R2 (a.yar:1), R3 (a.yar:1) and 5 more", rules.Scan("abc"u8, Second).Rules);
    }

    [Fact]
    public void All_faults_of_all_files_are_told_with_their_lines()
    {
        using var builder = new YaraRuleSetBuilder();
        builder.Add("a.yar", "rule a { condition: true }\nrule b { condition: $missing }\n rule c { condition: }"u8);
        builder.Add("good.yar", "rule g { condition: true }"u8);
        builder.Add("b.yar", "rule a { strings: $a = /(/ condition: $a }"u8);
        string[] faults = [.. builder.Faults.Select(fault => fault.ToString())];
        Assert.Equal(3, faults.Length);
        Assert.Equal("a.yar:2: undefined string \"$missing\"", faults[0]);
        Assert.StartsWith("a.yar:3: syntax error", faults[1], StringComparison.Ordinal);
        Assert.StartsWith("b.yar:1: ", faults[2], StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(builder.Build);
    }

    [Fact]
    public void Unwise_rules_are_warned_of_and_taken()
    {
        using var builder = new YaraRuleSetBuilder();
        builder.Add("slow.yar", "rule slow { strings: $a = /.*x/ condition: $a }"u8);
        Assert.Empty(builder.Faults);
        Assert.Contains("slow.yar:1: string \"$a\" may slow down scanning", builder.Warnings.Select(warning => warning.ToString()));
    }

    [Theory]
    [InlineData("include \"/etc/passwd\"", "includes are disabled")]
    [InlineData("import \"time\"", "module \"time\" is not available")]
    [InlineData("import \"magic\"", "module \"magic\" is not available")]
    [InlineData("import \"cuckoo\"", "module \"cuckoo\" is not available")]
    [InlineData("import \"nosuch\"", "unknown module \"nosuch\"")]
    [InlineData("rule x { condition: outside == 1 }", "undefined identifier \"outside\"")]
    [InlineData("rule x { condition: true } \0 rule y", "the file holds a NUL byte")]
    [InlineData("\ufeffrule x { condition: true }", "byte order mark")]
    public void What_depends_on_anything_but_the_file_is_refused(string text, string message)
    {
        using var builder = new YaraRuleSetBuilder();
        builder.Add("a.yar", Encoding.UTF8.GetBytes("// a line\n"));
        builder.Add("b.yar", Encoding.UTF8.GetBytes(text));
        Assert.Contains(builder.Faults, fault => fault.File == "b.yar" && fault.Line == 1 && fault.Message.Contains(message, StringComparison.Ordinal));
    }

    [Fact]
    public void Every_module_that_is_offered_exists()
    {
        string[] modules = ["console", "dex", "dotnet", "elf", "hash", "macho", "math", "pe"];
        using YaraRuleSet rules = Build(("m.yar", string.Concat(modules.Select(module => $"import \"{module}\"\n")) +
            "rule e { condition: elf.type == elf.ET_DYN or elf.type == elf.ET_EXEC }"));
        Assert.Equal("rule e (m.yar:9)", rules.Scan(File.ReadAllBytes(Environment.ProcessPath!), 10 * Second).Rules);
        Assert.Equal(YaraScanStatus.NoMatch, rules.Scan("text"u8, Second).Status);
    }

    [Fact]
    public void The_entry_point_of_one_file_is_not_that_of_the_next()
    {
        using YaraRuleSet rules = Build(("e.yar", "rule e { condition: entrypoint >= 0 }"));
        Assert.Equal(YaraScanStatus.Matched, rules.Scan(File.ReadAllBytes("/bin/true"), Second).Status);
        Assert.Equal(YaraScanStatus.NoMatch, rules.Scan("no program"u8, Second).Status);
    }

    [Fact]
    public void A_scan_ends_when_its_time_is_over()
    {
        using YaraRuleSet rules = Build(("slow.yar", "rule slow { strings: $a = /aaaa.{0,2000}b.{0,2000}c/ condition: $a }"));
        byte[] memory = Enumerable.Repeat((byte)'a', 4 << 20).ToArray();
        var watch = Stopwatch.StartNew();
        Assert.Equal(YaraScanStatus.TimedOut, rules.Scan(memory, 100_000_000).Status);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0.09, 3);
    }

    [Fact]
    public async Task A_null_reference_while_scans_run_is_still_an_exception()
    {
        // libyara would put its own handler in the place of the runtime's, process-wide, were it not told to leave it.
        using YaraRuleSet rules = Build(("a.yar", "rule a { strings: $a = /q[a-z]{3,9}z/ condition: $a }"));
        byte[] memory = new byte[1 << 20];
        using var stop = new CancellationTokenSource();
        var scanning = Task.Run(() =>
        {
            int scans = 0;
            do
            {
                rules.Scan(memory, Second);
                scans++;
            }
            while (!stop.IsCancellationRequested);
            return scans;
        });
        string? nothing = scanning.IsCompleted ? "" : null;
        for (int i = 0; i < 2000; i++)
            Assert.Throws<NullReferenceException>(() => nothing!.Length);
        await stop.CancelAsync();
        Assert.True(await scanning > 0);
    }

    [Fact]
    public void One_rule_set_serves_many_threads()
    {
        using YaraRuleSet rules = Build(("a.yar", "rule a { strings: $a = \"needle\" condition: #a == 2 }"));
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            ReadOnlySpan<byte> text = i % 2 == 0 ? "needle, needle"u8 : "needle"u8;
            Assert.Equal(i % 2 == 0 ? YaraScanStatus.Matched : YaraScanStatus.NoMatch, rules.Scan(text, Second).Status);
        });
    }

    private static YaraRuleSet Build(params (string Name, string Text)[] files)
    {
        using var builder = new YaraRuleSetBuilder();
        foreach ((string name, string text) in files)
            builder.Add(name, Encoding.UTF8.GetBytes(text));
        Assert.Empty(builder.Faults.Select((ContentFault fault) => fault.ToString()));
        return builder.Build()!;
    }
}
