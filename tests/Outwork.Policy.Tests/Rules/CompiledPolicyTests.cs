using FsCheck;
using FsCheck.Fluent;
using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Policy.Tests.Support;

namespace Outwork.Policy.Tests.Rules;

public sealed class CompiledPolicyTests
{
    private const int QueriesAPolicy = 20;

    [Fact]
    public void Evaluation_equals_a_linear_scan_for_every_policy_and_query()
    {
        int needsHash = 0, decided = 0, byDefault = 0, wouldBe = 0;
        Prop.ForAll<int>(seed =>
        {
            var random = new Random(seed);
            var make = new RandomPolicy(random);
            var document = make.Document();
            var policy = PolicyCompiler.Compile(document);
            for (int i = 0; i < QueriesAPolicy; i++)
            {
                var query = new RuleQuery
                {
                    Kind = make.Kind(), Via = make.Via(), Path = make.Path(), Owner = make.Pick(0u, 1000u, 7u), User = make.Pick<uint?>(0u, 1000u, 7u, null),
                    Executable = make.Pick(make.Path(), null), ParentExecutable = make.Pick(make.Path(), null),
                    Sha256 = random.Next(3) == 0 ? default : make.Pick(RandomPolicy.Hashes),
                };
                var expected = NaivePolicy.Evaluate(document, query);
                var actual = policy.Evaluate(query);
                Assert.Equal(expected.NeedsHash, actual.NeedsHash);
                if (expected.NeedsHash) { needsHash++; continue; }
                Assert.Equal(expected, actual);
                decided += expected.Rule is null ? 0 : 1;
                byDefault += expected.Rule is null ? 1 : 0;
                wouldBe += expected.WouldBeRule is null ? 0 : 1;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(int.MaxValue).WithReplay(20261104, 7));

        // The property says little if the queries meet nothing.
        Assert.All((int[])[needsHash, decided, byDefault, wouldBe], static n => Assert.True(n > 1_000, $"only {n}"));
    }

    [Fact]
    public void Cost_does_not_grow_with_exact_paths()
    {
        var policy = Compile(100_000, static i => new RuleMatch { Paths = [$"/usr/lib/p{i}"] });
        Assert.Equal("rule-99999", policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/usr/lib/p99999" }).Rule?.Id);
        Assert.Equal(1, policy.Visited);
        Assert.Null(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/usr/lib/other" }).Rule);
        Assert.Equal(0, policy.Visited);
    }

    [Fact]
    public void Cost_does_not_grow_with_patterns_in_other_directories()
    {
        var policy = Compile(10_000, static i => new RuleMatch { Paths = [$"/srv/d{i}/**"] });
        Assert.Equal("rule-9999", policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/srv/d9999/bin/x" }).Rule?.Id);
        Assert.Equal(1, policy.Visited);
    }

    [Fact]
    public void Rules_behind_the_decider_are_not_looked_at()
    {
        var policy = Compile(1_000, static i => new RuleMatch { Paths = ["/tmp/*"] });
        Assert.Equal("rule-0", policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/tmp/x" }).Rule?.Id);
        Assert.Equal(1, policy.Visited);
    }

    [Fact]
    public void Evaluation_allocates_nothing()
    {
        var policy = PolicyCompiler.Compile(new RandomPolicy(new Random(5)).Document());
        policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/a/b/ab" });
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++) policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/a/b/ab", User = 0, Executable = "/a/b" });
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Verdict_that_no_rule_about_the_process_touches_does_not_depend_on_it()
    {
        var policy = Compile(1, static _ => new RuleMatch { Users = [1000], Paths = ["/tmp/*"] });
        Assert.False(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/usr/bin/ls", User = 0 }).DependsOnSubject);
        Assert.True(policy.Evaluate(new RuleQuery { Kind = EventKind.Exec, Path = "/tmp/ls", User = 0 }).DependsOnSubject);
    }

    private static CompiledPolicy Compile(int rules, Func<int, RuleMatch> match) => PolicyCompiler.Compile(new PolicyDocument
    {
        Rules = [.. Enumerable.Range(0, rules).Select(i => new PolicyRule { Id = $"rule-{i}", Action = RuleAction.Deny, Match = match(i) })],
    });
}
