using System.Text.RegularExpressions;

namespace Outwork.Architecture.Tests;

/// <summary>The list of failures is closed: each is documented and has a test that exists.</summary>
public sealed partial class FailureTableTests
{
    private const RegexOptions Options = RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking;

    private static readonly string[] Failures =
    [
        .. Member().Matches(Repository.Read("src/Outwork.Contracts/Verdicts/VerdictFailure.cs").Split("public enum OnFailure")[0])
            .Select(static m => m.Groups["name"].Value).Where(static name => name != "None"),
    ];

    private static readonly string[] Lines = Repository.Read("docs/failures.md").Split('\n');

    [Fact]
    public void Every_failure_is_documented()
    {
        Assert.NotEmpty(Failures);
        Assert.All(Failures, static failure => Assert.Contains(Lines, line => line.Split(" | ") is [_, var name, ..] && name == failure));
    }

    [Fact]
    public void Every_failure_names_tests_and_each_of_them_exists()
    {
        string[] sources = [.. Repository.Files("*.cs", "tests").Select(Repository.Read)];
        foreach (string failure in Failures)
        {
            string row = Assert.Single(Lines, line => TestRow().Match(line) is { Success: true } row && row.Groups["failures"].Value.Split(", ").Contains(failure));
            string type = "";
            foreach (Match test in Test().Matches(row))
            {
                if (test.Groups["type"].Length != 0) type = test.Groups["type"].Value;
                Assert.Contains(sources, source => source.Contains($"class {type}", StringComparison.Ordinal) && source.Contains($" {test.Groups["name"].Value}(", StringComparison.Ordinal));
            }
            Assert.NotEqual("", type);
        }
    }

    [GeneratedRegex(@"^\s+(?<name>\w+) = \d+,", Options | RegexOptions.Multiline)]
    private static partial Regex Member();

    [GeneratedRegex(@"^\| (?<failures>[A-Z]\w+(, [A-Z]\w+)*) \| `", Options)]
    private static partial Regex TestRow();

    [GeneratedRegex(@"`(?<type>\w*)\.(?<name>\w+)`", Options)]
    private static partial Regex Test();
}
