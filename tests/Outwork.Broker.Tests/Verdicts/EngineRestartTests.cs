using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>A broker ends, and the next one knows what it decided.</summary>
public sealed class EngineRestartTests
{
    private ulong _nextFile = 1_000;
    private readonly FakeFile _file = new(10, "/m/0") { ChangedNs = 1 };
    private readonly FakeStore _store = new();

    [Fact]
    public void Denial_is_remembered_before_the_product_is_back_and_after()
    {
        Deny();
        var world = Next(TestPolicies.Ask(OnFailure.Open));
        Assert.Equal(1, world.Engine.Survivors);
        Assert.Equal(Verdict.Deny, world.Execute(_file).Answer);
        var product = Connect(world, "1.0");
        world.Engine.Forget();
        Assert.Equal(Verdict.Deny, world.Execute(_file).Answer);
        Assert.Empty(product.Questions);
        var records = world.Engine.Journal.Ring.Latest(3);
        Assert.Equal([1ul, 2ul, 3ul], records.Select(r => r.Id));
        Assert.All(records[1..], r => Assert.Equal((VerdictSource.Cache, 1ul, "p"), (r.Source, r.CachedFrom, r.Votes.Single().Product)));
        world.Settle();
    }

    [Fact]
    public void Denial_outlives_two_brokers()
    {
        Deny();
        Next(TestPolicies.Ask(OnFailure.Open));
        Assert.Equal(Verdict.Deny, Next(TestPolicies.Ask(OnFailure.Open)).Execute(_file).Answer);
    }

    [Fact]
    public void Denial_under_another_policy_is_forgotten_for_good()
    {
        Deny();
        var world = Next(TestPolicies.Ask(OnFailure.Open, deadlineMs: 50));
        Connect(world, "1.0");
        Assert.Equal(Verdict.None, world.Execute(_file).Answer);
    }

    [Fact]
    public void Second_policy_forgets_even_when_it_is_the_same()
    {
        Deny();
        var world = Next(TestPolicies.Ask(OnFailure.Open));
        Connect(world, "1.0");
        world.Apply(TestPolicies.Ask(OnFailure.Open));
        Assert.Equal(Verdict.None, world.Execute(_file).Answer);
        Assert.Empty(_store.Denials);
    }

    [Fact]
    public void Product_with_other_content_is_asked_anew()
    {
        Deny();
        var world = Next(TestPolicies.Ask(OnFailure.Open));
        Connect(world, "1.1");
        Assert.Equal(Verdict.None, world.Execute(_file).Answer);
    }

    [Fact]
    public void Content_without_a_version_is_the_same_only_in_the_same_process()
    {
        Deny(version: "");
        Assert.Equal(Verdict.Deny, Next(TestPolicies.Ask(OnFailure.Open)).Execute(_file).Answer);

        var same = Next(TestPolicies.Ask(OnFailure.Open));
        Connect(same, "");
        Assert.Equal(Verdict.Deny, same.Execute(_file).Answer);

        var other = Next(TestPolicies.Ask(OnFailure.Open));
        Connect(other, "", generation: 2);
        Assert.Equal(Verdict.None, other.Execute(_file).Answer);
    }

    [Fact]
    public void File_changed_meanwhile_is_judged_anew()
    {
        Deny();
        var world = Next(TestPolicies.Ask(OnFailure.Open));
        Connect(world, "1.0");
        _file.Version++;
        Assert.Equal(Verdict.None, world.Execute(_file).Answer);
    }

    [Fact]
    public void File_known_to_have_changed_is_forgotten_in_the_store()
    {
        var world = Deny();
        world.Write(_file);
        Assert.Empty(_store.Denials);
    }

    [Fact]
    public void Allowance_is_not_kept()
    {
        var world = Next(TestPolicies.Ask(OnFailure.Open));
        var product = Connect(world, "1.0");
        world.Execute(_file);
        world.Reply(product, Verdict.Allow);
        Assert.Empty(_store.Denials);
    }

    [Fact]
    public void Answer_to_a_question_of_the_last_broker_answers_none_of_this_one()
    {
        var first = Next(TestPolicies.Ask(OnFailure.Closed));
        var before = Connect(first, "1.0");
        first.Execute(_file);
        var second = Next(TestPolicies.Ask(OnFailure.Closed));
        var after = Connect(second, "1.0");
        var waiting = second.Execute(new FakeFile(11, "/m/1") { ChangedNs = 1 });
        Assert.Single(after.Questions);

        // The product's session with the last broker has ended: its reply reaches no session of this one.
        second.Engine.Poll.TakeReply(before.Session, new AuthReply(before.Questions[0].Question.RequestId, Verdict.Allow, true, 1, ""));

        Assert.Equal(Verdict.None, waiting.Answer);
        second.Reply(after, Verdict.Deny);
        Assert.Equal(Verdict.Deny, waiting.Answer);
        second.Settle();
    }

    [Fact]
    public void Decisions_not_told_by_the_last_broker_are_told_to_the_first_who_subscribes()
    {
        var first = Next(TestPolicies.AllowAll);
        for (int i = 0; i < 3; i++) first.Execute(new FakeFile((ulong)(20 + i), $"/m/{i}") { ChangedNs = 1 });
        _store.Told = 1;

        var second = Next(TestPolicies.AllowAll);
        Assert.False(second.Engine.Journal.TellSubscribers(10));
        second.Execute(new FakeFile(30, "/m/9") { ChangedNs = 1 });
        var agent = second.Connect("agent");
        agent.Session.Subscribe(new Contracts.Wire.SubscribeRequest("agent", 0, Contracts.Wire.SubscribeRequest.Mask([EventKind.Decision]), false, 1));
        Assert.False(second.Engine.Journal.TellSubscribers(10));
        Assert.Equal([2ul, 3ul, 4ul], agent.Events.Select(e => e.DecisionId));
        Assert.Equal(4ul, _store.Told);
    }

    [Fact]
    public void Decisions_made_while_the_agent_is_away_are_told_to_it_when_it_is_back()
    {
        var world = Next(TestPolicies.AllowAll);
        world.Engine.Journal.Recorder = "agent";
        var observer = world.Connect("observer", EventKind.Decision);
        var agent = world.Connect("agent", EventKind.Decision);
        Decide(world, 2);
        world.Disconnect(agent);
        Decide(world, 2);
        world.Disconnect(observer);
        Decide(world, 2);
        Assert.Equal(2ul, _store.Told);

        var back = world.Connect("agent", EventKind.Decision);
        Decide(world, 1);

        Assert.Equal([1ul, 2ul], agent.Events.Select(static e => e.DecisionId));
        Assert.Equal([1ul, 2ul, 3ul, 4ul], observer.Events.Select(static e => e.DecisionId));
        Assert.Equal([3ul, 4ul, 5ul, 6ul, 7ul], back.Events.Select(static e => e.DecisionId));
        Assert.Equal((7ul, 0ul), (_store.Told, back.Lost));
    }

    [Fact]
    public void Decisions_no_longer_kept_when_the_agent_is_back_are_told_as_lost()
    {
        var world = Next(TestPolicies.AllowAll);
        world.Engine.Journal.Recorder = "agent";
        Decide(world, 40);

        var agent = world.Connect("agent", EventKind.Decision);
        Decide(world, 0);

        // 32 are kept.
        Assert.Equal((8ul, 32), (agent.Lost, agent.Events.Count));
    }

    [Fact]
    public void Agent_that_does_not_read_holds_up_no_other_subscriber_for_long()
    {
        var world = Next(TestPolicies.AllowAll);
        world.Engine.Journal.Recorder = "agent";
        var observer = world.Connect("observer", EventKind.Decision);
        Decide(world, 2);
        var agent = world.Connect("agent", EventKind.Decision);
        agent.PercentUsed = 60;
        agent.HasAmpleRoom = false;
        Decide(world, 1);
        Assert.Equal(2, observer.Events.Count);
        world.Wait(11_000);

        Decide(world, 1);

        Assert.Equal(4, observer.Events.Count);
        Assert.Equal(2ul, agent.Lost);
        Assert.Equal([3ul, 4ul], agent.Events.Select(static e => e.DecisionId));
    }

    private void Decide(EngineWorld world, int count)
    {
        for (int i = 0; i < count; i++) world.Execute(new FakeFile(_nextFile++, "/m/f") { ChangedNs = 1 });
        while (world.Engine.Journal.TellSubscribers(3)) { }
    }

    private EngineWorld Deny(string version = "1.0")
    {
        var world = Next(TestPolicies.Ask(OnFailure.Open));
        var product = Connect(world, version);
        var e = world.Execute(_file);
        world.Reply(product, Verdict.Deny);
        Assert.Equal(Verdict.Deny, e.Answer);
        Assert.Single(_store.Denials);
        return world;
    }

    private EngineWorld Next(PolicyDocument policy)
    {
        var world = new EngineWorld();
        world.Engine.Restore(_store);
        world.Apply(policy);
        return world;
    }

    private static FakeProduct Connect(EngineWorld world, string version, ulong generation = 1)
    {
        var product = world.Connect("p");
        product.Session.TakeContent(new Contracts.Wire.ContentLoaded(generation, version, ""));
        return product;
    }

    private sealed class FakeStore : IVerdictStore
    {
        private readonly List<DecisionRecord> _decisions = [];

        public Dictionary<(ulong, ulong), RememberedDenial> Denials { get; } = [];

        public Dictionary<string, StoredStanding> Standings { get; } = [];

        public ulong Told { get; set; }

        public void Keep(DecisionRecord decision) => _decisions.Add(decision);

        public void Keep(RememberedDenial denial) => Denials[(denial.Identity.Device, denial.Identity.Inode)] = denial;

        public void Keep(in StoredStanding standing) => Standings[standing.Product] = standing;

        public void KeepTold(ulong decisionId) => Told = decisionId;

        public void ForgetDenial(ulong device, ulong inode) => Denials.Remove((device, inode));

        public void ForgetDenials() => Denials.Clear();

        public StoredVerdicts Read() => new([.. _decisions], [.. Denials.Values], [.. Standings.Values], Told);
    }
}
