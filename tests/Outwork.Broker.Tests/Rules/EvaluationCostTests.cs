using System.Security.Cryptography;
using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Rules;

/// <summary>Cost is counted in entries looked at, which no other load on the machine disturbs.</summary>
public sealed class EvaluationCostTests
{
    // Twice the binary logarithm of 100,000, and as much again for everything else.
    private const int Bound = 70;

    [Fact]
    public void Evaluate_100000_plain_path_rules_and_as_many_hash_rules_looks_at_few()
    {
        var policy = Large(100_000);
        var hash = HashOf(77_777);
        Assert.Equal("path-99999", Decide(policy, "/opt/app99999/bin/run", default));
        Assert.Equal("hash-77777", Decide(policy, "/elsewhere", hash));
        Assert.Null(Decide(policy, "/elsewhere", HashOf(-1)));
        Assert.True(policy.Evaluate(Query("/elsewhere", default)).NeedsHash);
        Assert.InRange(policy.Visited, 1, Bound);
    }

    [Fact]
    public void Evaluate_hundred_times_the_rules_costs_the_logarithm_more()
    {
        int small = CostOf(Large(1_000)), large = CostOf(Large(100_000));
        // Two indexes of hashes are searched, and a hundred is less than 2 to the 7th.
        Assert.InRange(large - small, 1, 2 * 7);
    }

    [Fact]
    public void Evaluate_one_rule_with_100000_hashes_looks_at_few()
    {
        string[] hashes = [.. Enumerable.Range(0, 100_000).Select(static i => Convert.ToHexStringLower(HashOf(i)))];
        var policy = PolicyCompiler.Compile(new PolicyDocument
        {
            Rules = [new PolicyRule { Id = "list", Action = RuleAction.Deny, Match = new RuleMatch { Sha256 = hashes } }],
        });
        Assert.Equal("list", Decide(policy, "/x", HashOf(99_999)));
        Assert.Null(Decide(policy, "/x", HashOf(100_000)));
    }

    [Fact]
    public void Evaluate_100000_globs_of_different_directories_looks_at_few()
    {
        var policy = PolicyCompiler.Compile(new PolicyDocument
        {
            Rules = [.. Enumerable.Range(0, 100_000).Select(static i => new PolicyRule
            {
                Id = $"glob-{i}", Action = RuleAction.Deny, Match = new RuleMatch { Paths = [$"/srv/tenant{i}/**/*.so"] },
            })],
        });
        Assert.Equal("glob-54321", Decide(policy, "/srv/tenant54321/a/b/c.so", default));
        Assert.Null(Decide(policy, "/srv/tenant/a.so", default));
    }

    [Fact]
    public void Evaluate_100000_globs_of_one_directory_with_different_names_looks_at_few()
    {
        var policy = PolicyCompiler.Compile(new PolicyDocument
        {
            Rules = [.. Enumerable.Range(0, 100_000).Select(static i => new PolicyRule
            {
                Id = $"glob-{i}", Action = RuleAction.Deny, Match = new RuleMatch { Paths = [$"/usr/bin/tool{i}-*"] },
            })],
        });
        Assert.Equal("glob-54321", Decide(policy, "/usr/bin/tool54321-x", default));
        Assert.Null(Decide(policy, "/usr/bin/tool-x", default));
    }

    [Fact]
    public void Evaluate_1000_globs_that_all_match_looks_at_none_behind_the_first()
    {
        var policy = PolicyCompiler.Compile(new PolicyDocument
        {
            Rules = [.. Enumerable.Range(0, 1_000).Select(static i => new PolicyRule { Id = $"glob-{i}", Action = RuleAction.Deny, Match = new RuleMatch { Paths = ["/tmp/*"] } })],
        });
        Assert.Equal("glob-0", Decide(policy, "/tmp/x", default));
    }

    [Fact]
    public void Evaluate_allocates_nothing()
    {
        var policy = Large(1_000);
        var hits = new RuleHits(policy);
        var hash = HashOf(5);
        RunOnce(policy, hits, hash);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1_000; i++) RunOnce(policy, hits, hash);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(2_002, hits.Decisions);
    }

    private static void RunOnce(CompiledPolicy policy, RuleHits hits, byte[] hash)
    {
        var known = Query("/opt/app7/bin/run", hash);
        hits.Count(known, policy.Evaluate(known));
        var unknown = Query("/elsewhere/lib/x.so", hash);
        hits.Count(unknown, policy.Evaluate(unknown));
    }

    private static int CostOf(CompiledPolicy policy)
    {
        Decide(policy, "/elsewhere/x", HashOf(-1));
        return policy.Visited;
    }

    private static string? Decide(CompiledPolicy policy, string path, byte[]? hash)
    {
        var decision = policy.Evaluate(Query(path, hash));
        Assert.InRange(policy.Visited, 1, Bound);
        return decision.Rule?.Id;
    }

    private static RuleQuery Query(string path, byte[]? hash) =>
        new() { Kind = EventKind.Exec, Via = ExecVia.Direct, Path = path, Sha256 = hash, User = 0, Executable = "/bin/sh", ParentExecutable = "/sbin/init" };

    // Paths, then hashes in force and as many in audit, and one glob.
    private static CompiledPolicy Large(int count) => PolicyCompiler.Compile(new PolicyDocument
    {
        Rules =
        [
            new PolicyRule { Id = "glob", Action = RuleAction.Deny, Stage = RuleStage.Shadow, Match = new RuleMatch { Paths = ["/**/*.so"] } },
            .. Enumerable.Range(0, count).Select(static i => new PolicyRule
            {
                Id = $"path-{i}", Action = RuleAction.Allow, Match = new RuleMatch { Paths = [$"/opt/app{i}/bin/run"] },
            }),
            .. Enumerable.Range(0, count).Select(static i => new PolicyRule
            {
                Id = $"hash-{i}", Action = RuleAction.Deny, Match = new RuleMatch { Sha256 = [Convert.ToHexStringLower(HashOf(i))] },
                Stage = i % 2 == 0 ? RuleStage.Audit : RuleStage.Enforce,
            }),
        ],
    });

    private static byte[] HashOf(int i) => SHA256.HashData(BitConverter.GetBytes(i));
}
