using FsCheck;
using FsCheck.Fluent;
using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Rules;

public sealed class CompilerEqualsOracleTests
{
    // A fixed number of cases from a fixed seed: a failure is the same for everybody.
    private static readonly Config Cases = Config.QuickThrowOnFailure.WithMaxTest(4_000).WithReplay(new Replay(new Rnd(20_261_121, 7_190_409), null));

    [Fact]
    public void Evaluate_random_policy_says_what_rule_after_rule_says()
    {
        int decided = 0, observed = 0, hashes = 0, subjects = 0;
        Prop.ForAll(PolicyGenerators.Cases, sample =>
        {
            var compiled = PolicyCompiler.Compile(sample.Policy);
            var naive = new NaivePolicy(sample.Policy);
            foreach (var question in sample.Questions)
            {
                var expected = naive.Evaluate(question);
                var actual = compiled.Evaluate(question.ToQuery());
                Assert.True(expected.NeedsHash == actual.NeedsHash, $"NeedsHash of {question}");
                hashes += expected.NeedsHash ? 1 : 0;
                if (expected.NeedsHash) continue;
                subjects += expected.NeedsSubject ? 1 : 0;
                decided += expected.Rule is null ? 0 : 1;
                observed += expected.WouldBeRule is null ? 0 : 1;
                Assert.Equal(
                    (expected.Rule, expected.Action, expected.WouldBeRule, expected.WouldBe, expected.NeedsSubject, expected.DependsOnSubject),
                    (actual.Rule?.Id, actual.Action, actual.WouldBeRule, actual.WouldBe, actual.NeedsSubject, actual.DependsOnSubject));
            }
        }).Check(Cases);
        // The generator is worth nothing when the interesting outcomes do not occur.
        Assert.All([decided, observed, hashes, subjects], static n => Assert.True(n > 1_000, $"only {n}"));
    }

    [Fact]
    public void Count_random_policy_counts_each_matching_rule_up_to_the_decider_once()
    {
        Prop.ForAll(PolicyGenerators.Cases, static sample =>
        {
            var compiled = PolicyCompiler.Compile(sample.Policy);
            var naive = new NaivePolicy(sample.Policy);
            var hits = new RuleHits(compiled);
            var expected = new Dictionary<string, long>();
            foreach (var question in sample.Questions)
            {
                var decision = compiled.Evaluate(question.ToQuery());
                if (decision.NeedsHash) continue;
                hits.Count(question.ToQuery(), decision);
                foreach (string rule in naive.Evaluate(question).Hits) expected[rule] = expected.GetValueOrDefault(rule) + 1;
            }
            Assert.Equal(expected.OrderBy(static e => int.Parse(e.Key[1..])).Select(static e => (e.Key, e.Value)), hits.Snapshot());
        }).Check(Cases.WithMaxTest(1_000));
    }

    [Fact]
    public void MemoryExec_random_policy_denies_whom_Evaluate_denies()
    {
        Prop.ForAll(PolicyGenerators.Cases, static sample =>
        {
            var compiled = PolicyCompiler.Compile(sample.Policy);
            foreach (uint user in (uint[])[0, 1, 2])
            {
                var decision = compiled.Evaluate(new RuleQuery { Kind = EventKind.Exec, Via = ExecVia.Memory, Path = "", User = user });
                bool isDenied = compiled.MemoryExec.DeniesAll || compiled.MemoryExec.DeniedUsers.Contains(user);
                Assert.Equal(decision.Action == RuleAction.Deny, isDenied);
            }
        }).Check(Cases.WithMaxTest(1_000));
    }

    [Fact]
    public void MayConcernOpen_random_policy_is_false_only_where_no_rule_about_opening_matches_the_path()
    {
        int outside = 0;
        Prop.ForAll(PolicyGenerators.Cases, sample =>
        {
            var compiled = PolicyCompiler.Compile(sample.Policy);
            foreach (string path in sample.Questions.Select(static q => q.Path))
            {
                bool expected = sample.Policy.Rules.Any(r =>
                    r.Match.Kinds.Contains(EventKind.Open) && (r.Match.Paths.Length == 0 || r.Match.Paths.Any(p => NaiveGlob.IsMatch(p, path))));
                Assert.Equal(expected, compiled.MayConcernOpen(path));
                outside += compiled.HasOpenRules && !expected ? 1 : 0;
            }
        }).Check(Cases.WithMaxTest(1_000));
        Assert.True(outside > 100, $"only {outside}");
    }
}
