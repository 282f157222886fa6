using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Policy.Tests.Support;

/// <summary>Makes valid policies, and questions that often meet them: names come from a small alphabet.</summary>
internal sealed class RandomPolicy(Random random)
{
    private static readonly string[] Components = ["a", "b", "ab", "ba", "a.b"];
    private static readonly string[] PatternParts =
        ["a", "b", "ab", "*", "**", "?", "[ab]", "[!a]", "{a,b}", "{a,ab/b,}", "a*", "*b", "?b", "\\a", "[a-b]*", "a**b", "**a", "a.b", "{b,*}?"];

    public static byte[][] Hashes { get; } = [.. Enumerable.Range(0, 4).Select(static i => System.Security.Cryptography.SHA256.HashData([(byte)i]))];

    public PolicyDocument Document() => new()
    {
        Default = Pick(RuleAction.Allow, RuleAction.Deny),
        Rules = [.. Enumerable.Range(0, random.Next(9)).Select(Rule)],
    };

    public string Path() => string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "/" + Pick(Components)));

    public string Pattern()
    {
        // Half of them are plain paths: those take another way through the index.
        if (random.Next(2) == 0) return Path();
        while (true)
        {
            string pattern = string.Concat(Enumerable.Range(0, random.Next(1, 5)).Select(_ => "/" + Pick(PatternParts)));
            if (Glob.TryParse(pattern, out _) is { IsAbsolute: true }) return pattern;
        }
    }

    public EventKind Kind() => Pick(EventKind.Exec, EventKind.Open);

    public ExecVia Via() => Pick(ExecVia.Direct, ExecVia.Script, ExecVia.Loader, ExecVia.Library, ExecVia.Memory);

    public T Pick<T>(params T[] values) => values[random.Next(values.Length)];

    public T[] Some<T>(int oneIn, Func<T> make) =>
        random.Next(oneIn) != 0 ? [] : [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => make()).Distinct()];

    private PolicyRule Rule(int index)
    {
        var action = Pick(RuleAction.Allow, RuleAction.Deny, RuleAction.Ask);
        bool isMemory = random.Next(6) == 0;
        if (isMemory) action = RuleAction.Deny;
        return new PolicyRule
        {
            Id = $"rule-{index}",
            Description = Pick("", "plain", "with \"quotes\", \\ and\nlines: *not an alias", "é 🙂 # no remark", " leading and trailing "),
            Action = action,
            Products = action == RuleAction.Ask ? Pick<string[]>(["one"], ["one", "two"]) : [],
            Stage = Pick(RuleStage.Enforce, RuleStage.Enforce, RuleStage.Audit, RuleStage.Shadow),
            DeadlineMs = Pick(50, 2_000, 2_500, 60_000),
            OnFailure = Pick(OnFailure.Open, OnFailure.Closed),
            Match = isMemory ? new RuleMatch { Via = [ExecVia.Memory], Users = Some(2, User) } : Match(),
        };
    }

    private RuleMatch Match()
    {
        EventKind[] kinds = Some(2, Kind);
        bool mayHaveVia = kinds.Length == 0 || kinds.Contains(EventKind.Exec);
        return new RuleMatch
        {
            Kinds = kinds,
            Via = mayHaveVia ? Some(3, () => Pick(ExecVia.Direct, ExecVia.Script, ExecVia.Loader, ExecVia.Library)) : [],
            Paths = Some(2, Pattern),
            Sha256 = Some(4, () => Convert.ToHexStringLower(Pick(Hashes))),
            Owners = Some(4, User),
            Users = Some(4, User),
            Parents = Some(5, Pattern),
        };
    }

    private uint User() => Pick(0u, 1000u, 1001u);
}
