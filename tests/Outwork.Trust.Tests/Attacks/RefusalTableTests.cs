using System.Text.RegularExpressions;
using Outwork.Trust.Tests.Simulation;
using Outwork.Trust.Workflow;

namespace Outwork.Trust.Tests.Attacks;

/// <summary>docs/trust.md names each refusal and a test of it that exists.</summary>
public sealed partial class RefusalTableTests
{
    [Fact]
    public void Every_refusal_is_documented_with_tests_that_exist()
    {
        string[] rows = [.. File.ReadLines(Path.Join(SourceTree.Root, "docs", "trust.md")).Where(static line => line.StartsWith("| ", StringComparison.Ordinal))];
        string[] sources = [.. Directory.GetFiles(Path.Join(SourceTree.Root, "tests", "Outwork.Trust.Tests"), "*Tests.cs", SearchOption.AllDirectories).Select(File.ReadAllText)];
        foreach (TrustRefusalCode code in Enum.GetValues<TrustRefusalCode>())
        {
            string row = Assert.Single(rows, row => row.StartsWith($"| {code} |", StringComparison.Ordinal));
            MatchCollection tests = NamedTest().Matches(row);
            Assert.NotEmpty(tests);
            Assert.All(tests, test => Assert.Contains(sources, source => source.Contains($" {test.Groups["name"].Value}(", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Every_refusal_has_advice() =>
        Assert.All(Enum.GetValues<TrustRefusalCode>(), static code => Assert.NotEqual("", TrustRefusal.Create(code, "", "", "").Advice));

    [GeneratedRegex(@"`\w*\.(?<name>\w+)`", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NamedTest();
}
