using Outwork.Contracts.Policy;

namespace Outwork.Broker.Rules;

/// <summary>Turns a policy document into what is evaluated. Pure.</summary>
public static class PolicyCompiler
{
    /// <summary>Compiles.</summary>
    /// <exception cref="ArgumentException">The document breaks a rule that the policy reader checks: a bad glob or hash, no product to ask, too many.</exception>
    public static CompiledPolicy Compile(PolicyDocument document)
    {
        if (document.Default == RuleAction.Ask) throw new ArgumentException("The default of a policy is allow or deny.", nameof(document));
        var rules = new CompiledRule[document.Rules.Length];
        var paths = new List<(string, int)>();
        var globs = new List<(Glob, int)>();
        var hashes = new List<(Sha256Key, int)>();
        for (int i = 0; i < rules.Length; i++)
        {
            var rule = document.Rules[i];
            if (rule.Action == RuleAction.Ask && rule.Products.Length is 0 or > Verdicts.VerdictEngineOptions.MaxProductsPerQuestion)
                throw new ArgumentException($"Rule '{rule.Id}' asks {rule.Products.Length} products; 1 to {Verdicts.VerdictEngineOptions.MaxProductsPerQuestion} can be asked.", nameof(document));
            rules[i] = new CompiledRule(rule, i, [.. rule.Match.Parents.Select(p => Parse(rule, p))]);
            foreach (string pattern in rule.Match.Paths)
            {
                var glob = Parse(rule, pattern);
                if (glob.IsLiteral) paths.Add((glob.LiteralPrefix, i));
                else globs.Add((glob, i));
            }
            if (rule.Match.Paths.Length == 0) hashes.AddRange(rules[i].Hashes.Select(h => (h, i)));
        }
        return new CompiledPolicy(rules, new RuleIndex(paths, globs, hashes), document.Default);
    }

    private static Glob Parse(PolicyRule rule, string pattern) =>
        Glob.TryParse(pattern, out string fault) ?? throw new ArgumentException($"Rule '{rule.Id}', pattern '{pattern}': {fault}.");
}
