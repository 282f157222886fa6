using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>The engine in all orders of what can happen to it, held against <see cref="EngineOracle"/>.</summary>
public sealed class EngineModelTests
{
    private static Verdict[] Votes { get; } = [Verdict.Allow, Verdict.Allow, Verdict.Allow, Verdict.Deny, Verdict.None];

    private static PolicyDocument[] Policies { get; } =
    [
        TestPolicies.Ask(OnFailure.Open),
        TestPolicies.Ask(OnFailure.Closed, 200, "p", "q"),
        TestPolicies.DenyPath("/m/1"),
        TestPolicies.AskForOpen("/m/2"),
        TestPolicies.AskForScripts,
        TestPolicies.DenyHash(new FakeFile(10, "").Sha256),
        TestPolicies.DenyUser(1000),
        TestPolicies.AllowAll,
    ];

    [Theory]
    [InlineData(OnFailure.Open)]
    [InlineData(OnFailure.Closed)]
    public void Every_order_of_answer_deadline_crash_and_change_answers_once_and_as_it_should(OnFailure onFailure)
    {
        Action<EngineOracle>[] steps =
        [
            static o => o.Reply(0, Verdict.Allow, cacheable: true),
            static o => o.Reply(0, Verdict.Deny, cacheable: true),
            static o => o.Reply(1, Verdict.Allow, cacheable: true),
            static o => o.Reply(1, Verdict.Deny, cacheable: false),
            static o => o.Reply(1, Verdict.None, cacheable: false),
            static o => o.Wait(100),
            static o => o.Sweep(),
            static o => o.Disconnect("p"),
            static o => o.UsePolicy(0),
            static o => o.LoadContent("q"),
            static o => o.Write(o.Files[0], isTold: true),
            static o => o.Raise(EventKind.Exec, o.Files[0], 1),
        ];
        const int Length = 5;
        int orders = (int)Math.Pow(steps.Length, Length);
        for (int order = 0; order < orders; order++)
        {
            var oracle = new EngineOracle([new FakeFile(10, "/m/0")], [TestPolicies.Ask(onFailure, 100, "p", "q")]);
            oracle.Connect("p");
            oracle.Connect("q");
            oracle.Raise(EventKind.Exec, oracle.Files[0], 1);
            for (int i = 0, rest = order; i < Length; i++, rest /= steps.Length)
            {
                steps[rest % steps.Length](oracle);
                oracle.CheckMarks();
            }
            oracle.World.Settle();
        }
    }

    [Fact]
    public void Random_walks_keep_every_promise()
    {
        var seen = new Dictionary<VerdictSource, int>();
        long prejudged = 0, marks = 0, changed = 0, full = 0, trials = 0, returns = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            var (world, asked) = Walk(seed, seen);
            trials += asked;
            returns += (long)world.Sessions.Standings.Returns;
            prejudged += Counter(world, "cache.prejudged");
            marks += Counter(world, "cache.marks");
            changed += world.Counters.Of(VerdictFailure.ContentChanged);
            full += world.Counters.Of(VerdictFailure.TooManyPending);
        }
        // A walk that never gets there proves nothing.
        Assert.All(
            [VerdictSource.Rule, VerdictSource.Default, VerdictSource.Cache, VerdictSource.Own, VerdictSource.Failure],
            source => Assert.True(seen.GetValueOrDefault(source) > 500, $"{source}: {seen.GetValueOrDefault(source)}"));
        Assert.All([prejudged, marks, changed, full, trials, returns], static n => Assert.True(n > 50, $"only {n}"));
    }

    // Half of the walks have products that are demoted and come back; in the other half they are asked whatever they do.
    private static ProductStandingOptions Standing(int seed) => seed % 2 == 0
        ? new ProductStandingOptions { MissBudget = int.MaxValue }
        : new ProductStandingOptions { MissBudget = 2, GoodAnswersNeeded = 1, FirstPauseMs = 10, LongestPauseMs = 50 };

    private static (EngineWorld World, int Trials) Walk(int seed, Dictionary<VerdictSource, int> seen)
    {
        var random = new Random(seed);
        FakeFile[] files =
        [
            new(10, "/m/0"), new(11, "/m/1") { Owner = 1000 }, new(12, "/m/2"), new(13, "/m/3") { Content = ContentClass.Script },
            new(14, "/m/4") { Content = ContentClass.Data }, new(15, "/m/5") { IsCold = true }, new(16, "/m/6") { Content = ContentClass.Empty },
        ];
        var oracle = new EngineOracle(files, Policies, Standing(seed));
        try
        {
            oracle.Connect("p");
            oracle.Connect("q");
            for (int step = 0; step < 400; step++)
            {
                Step(oracle, random);
                oracle.CheckMarks();
            }
            foreach (var file in files) file.IsUnreadable = false;
            while (oracle.World.Reading > 0) oracle.FinishReading(succeeds: true);
            oracle.World.Settle();
        }
        catch (Exception fault)
        {
            throw new InvalidOperationException($"The walk of seed {seed} failed: {fault.Message}\n{oracle.Trace}", fault);
        }
        foreach (var (source, times) in oracle.Seen) seen[source] = seen.GetValueOrDefault(source) + times;
        return (oracle.World, oracle.Trials);
    }

    private static void Step(EngineOracle oracle, Random random)
    {
        var file = oracle.Files[random.Next(oracle.Files.Length)];
        string product = random.Next(2) == 0 ? "p" : "q";
        switch (random.Next(100))
        {
            case < 24: oracle.Raise(EventKind.Exec, file, random.Next(1, 6)); break;
            case < 40: oracle.Raise(EventKind.Open, file, random.Next(1, 6)); break;
            case < 42: oracle.Raise(EventKind.Exec, file, EngineWorld.OwnPid); break;
            case < 68: oracle.Reply(Recent(oracle, random), Votes[random.Next(Votes.Length)], cacheable: random.Next(4) != 0, sameContent: random.Next(8) != 0); break;
            case < 74: oracle.Wait(random.Next(60)); break;
            case < 78: oracle.Sweep(); break;
            case < 81: oracle.Write(file, isTold: random.Next(2) == 0); break;
            case < 83: file.HasWriter = !file.HasWriter; break;
            case < 84: oracle.LoadContent(product); break;
            case < 85: oracle.UsePolicy(random.Next(Policies.Length)); break;
            case < 86: oracle.Disconnect(product); break;
            case < 90: oracle.Connect(product); break;
            case < 93: oracle.FinishReading(succeeds: random.Next(4) != 0); break;
            case < 94: oracle.World.IsReaderBusy = !oracle.World.IsReaderBusy; break;
            case < 95: oracle.SetOutcome(product, (AskOutcome)random.Next(3)); break;
            case < 97: oracle.SetOutcome(product, AskOutcome.Asked); break;
            case < 98: oracle.World.Source.IsFailing = !oracle.World.Source.IsFailing; break;
            case < 99: file.IsUnreadable = !file.IsUnreadable; break;
            default: file.Path = $"/m/{random.Next(6)}"; break;
        }
    }

    // Mostly a question that still waits, now and then one long forgotten.
    private static int Recent(EngineOracle oracle, Random random) =>
        random.Next(6) == 0 ? random.Next(1_000_000) : Math.Max(0, oracle.AskedCount - 1 - random.Next(4));

    private static long Counter(EngineWorld world, string name) => (long)world.Counters.Snapshot().First(c => c.Name == name).Value;
}
