using FsCheck;
using FsCheck.Fluent;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Rules;

/// <summary>Random policies and questions over so few words that rules overlap, precede each other and match often.</summary>
internal static class PolicyGenerators
{
    private static readonly string[] Patterns =
    [
        "/a", "/b", "/a/b", "/a/b/c", "/b/a", "/c/a/b", "/a/bb", "/a/*", "/a/**", "/**", "/**/b", "/a/**/c", "/*/b", "/?", "/a/[ab]", "/a/[!a]",
        "/{a,b}/c", "/{a,b/c}/**", "/a/b*", "/a/b**", "/a/b?", "/a/**/**/b", "/a*/**/b/*", "/a/b/c/**", "/a/bb/**", "/**b", "/{a,a/b}", "/b/a*c",
    ];

    private static readonly string[] Hashes = [.. Enumerable.Range(1, 4).Select(static i => Convert.ToHexStringLower(HashOf(i)))];

    public static Arbitrary<(PolicyDocument Policy, Question[] Questions)> Cases { get; } = Arb.From(
        from size in Gen.Choose(0, 14)
        from rules in Rule.ListOf(size)
        from byDefault in Gen.Elements(RuleAction.Allow, RuleAction.Deny)
        from questions in Question.ListOf(12)
        select (new PolicyDocument { Default = byDefault, Rules = [.. rules.Select(static (r, i) => r with { Id = $"r{i}" })] }, questions.ToArray()));

    private static Gen<PolicyRule> Rule =>
        from match in Gen.Frequency((8, FileMatch), (1, MemoryMatch))
        from stage in Gen.Elements(RuleStage.Shadow, RuleStage.Audit, RuleStage.Enforce, RuleStage.Enforce)
        from action in Gen.Elements(RuleAction.Allow, RuleAction.Deny, RuleAction.Ask)
        let allowed = stage == RuleStage.Enforce && match.Via.Contains(ExecVia.Memory) ? RuleAction.Deny : action
        select new PolicyRule { Id = "", Match = match, Stage = stage, Action = allowed, Products = allowed == RuleAction.Ask ? ["p"] : [] };

    private static Gen<RuleMatch> FileMatch =>
        from kinds in Some(EventKind.Exec, EventKind.Open)
        from via in Some(ExecVia.Direct, ExecVia.Script)
        from paths in Some(Patterns)
        from hashes in Some(Hashes)
        from owners in Some(0u, 1u, 2u)
        from users in Some(0u, 1u)
        from parents in Some("/sh", "/{x,y}", "/x*")
        select new RuleMatch { Kinds = kinds, Via = via, Paths = paths, Sha256 = hashes, Owners = owners, Users = users, Parents = parents };

    private static Gen<RuleMatch> MemoryMatch =>
        from users in Some(0u, 1u)
        from other in Gen.Elements<ExecVia[]>([ExecVia.Memory], [ExecVia.Memory, ExecVia.Direct])
        select new RuleMatch { Via = other, Users = users };

    private static Gen<Question> Question =>
        from kind in Gen.Elements(EventKind.Exec, EventKind.Exec, EventKind.Open)
        from via in Gen.Elements(ExecVia.Direct, ExecVia.Script, ExecVia.Library, ExecVia.Memory)
        from depth in Gen.Choose(1, 4)
        from names in Gen.Elements("a", "b", "c", "bb", "aXc").ListOf(depth)
        from hash in Gen.Choose(-1, 5)
        from owner in Gen.Elements(0u, 1u, 3u)
        from user in Gen.Elements<uint?>(0u, 1u, 2u, null)
        from own in Gen.Elements("/sh", "/x", "/q", "", null)
        from parent in Gen.Elements("/sh", "/xyz", "/q", "", null)
        select new Question(
            kind, kind == EventKind.Open ? ExecVia.None : via, "/" + string.Join('/', names), hash < 1 ? null : HashOf(hash), owner, user, own, parent);

    // Mostly none, else one to three different ones.
    private static Gen<T[]> Some<T>(params T[] values) => Gen.Frequency(
        (3, Gen.Constant(Array.Empty<T>())),
        (2, Gen.Elements(values).Select(static v => new[] { v })),
        (1, Gen.Elements(values).ListOf(3).Select(static v => v.Distinct().ToArray())));

    private static byte[] HashOf(int i) => [.. Enumerable.Repeat((byte)i, 32)];
}
