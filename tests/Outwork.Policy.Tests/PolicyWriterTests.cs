using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Outwork.Contracts.Control;
using Outwork.Contracts.Policy;
using Outwork.Policy.Tests.Support;

namespace Outwork.Policy.Tests;

public sealed class PolicyWriterTests
{
    [Fact]
    public void What_is_written_is_read_as_an_equal_document() =>
        Prop.ForAll<int>(static seed =>
        {
            var document = new RandomPolicy(new Random(seed)).Document();
            string text = PolicyWriter.Write(document);
            var result = PolicyReader.Read(text, "written.yaml", FakeUsers.Instance);
            Assert.Empty(result.FormatFaults());
            Assert.Equal(Json(document), Json(result.Document!));
            Assert.Equal(text, PolicyWriter.Write(result.Document!));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithEndSize(int.MaxValue).WithReplay(20261104, 7));

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a: b")]
    [InlineData("/a #b")]
    [InlineData("/\t\n\"\\\\'")]
    [InlineData("/é🙂\u0085\u2028\ufeff")]
    [InlineData("/{a,b}[c-d]?**")]
    public void Path_with_any_character_survives(string path)
    {
        var document = new PolicyDocument { Rules = [new PolicyRule { Id = "null", Action = RuleAction.Deny, Match = new RuleMatch { Paths = [path] } }] };
        var result = PolicyReader.Read(PolicyWriter.Write(document), "written.yaml", FakeUsers.Instance);
        Assert.Empty(result.FormatFaults());
        Assert.Equal(Json(document), Json(result.Document!));
    }

    [Fact]
    public void Form_is_canonical()
    {
        var document = new PolicyDocument
        {
            Rules =
            [
                new PolicyRule
                {
                    Id = "a", Description = "x: y", Action = RuleAction.Ask, Products = ["p", "q"], DeadlineMs = 500,
                    Match = new RuleMatch { Paths = ["/a", "/b c"], Users = [0] },
                },
            ],
        };
        Assert.Equal(
            """
            version: 1
            default: allow
            rules:
              - id: a
                description: "x: y"
                match:
                  path:
                    - /a
                    - "/b c"
                  user: 0
                action:
                  ask: [p, q]
                deadline: 500ms

            """,
            PolicyWriter.Write(document));
    }

    private static string Json(PolicyDocument document) => JsonSerializer.Serialize(document, ControlJsonContext.Default.PolicyDocument);
}
