using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>A product that misses deadlines is no longer asked, goes on being told, and earns its way back (R2).</summary>
public sealed class DemotionTests
{
    private static readonly ProductStandingOptions Standing = new() { MissBudget = 3, GoodAnswersNeeded = 2, FirstPauseMs = 500, LongestPauseMs = 4_000 };
    private ulong _inode = 100;

    public static TheoryData<OnFailure, Verdict> OnFailures => new() { { OnFailure.Open, Verdict.Allow }, { OnFailure.Closed, Verdict.Deny } };

    [Theory, MemberData(nameof(OnFailures))]
    public void ProductDemoted(OnFailure onFailure, Verdict answer)
    {
        var world = World(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        MissUntilDemoted(world, product);
        int asked = product.Questions.Count;

        // What the rule says on failure, at once, without a question, and not remembered.
        var file = New();
        for (int i = 0; i < 3; i++) Assert.Equal(answer, world.Execute(file, pid: 1 + i).Answer);

        Assert.Equal(asked, product.Questions.Count);
        Assert.Equal(3, world.Counters.Of(VerdictFailure.ProductDemoted));
        Assert.Empty(world.Source.Marks);
        var record = world.Engine.Journal.Ring.Latest(1)[0];
        Assert.Equal((VerdictSource.Failure, VerdictFailure.ProductDemoted, "demoted, so not asked"), (record.Source, record.Failure, record.Votes[0].Reason));
        Assert.Equal(0, record.Microseconds);
        world.Settle();
    }

    [Fact]
    public void Each_rule_says_what_happens_while_its_product_is_demoted()
    {
        var world = World(new PolicyDocument
        {
            Rules =
            [
                Ask("closed", "/m/closed", OnFailure.Closed, "p"),
                Ask("open", "/m/open", OnFailure.Open, "p"),
                Ask("other", "/m/other", OnFailure.Closed, "q"),
            ],
        });
        var (demoted, other) = (world.Connect("p"), world.Connect("q"));
        MissUntilDemoted(world, demoted, "/m/open");

        Assert.Equal(Verdict.Deny, world.Execute(new FakeFile(1, "/m/closed") { ChangedNs = 1 }).Answer);
        Assert.Equal(Verdict.Allow, world.Execute(new FakeFile(2, "/m/open") { ChangedNs = 1 }).Answer);
        var e = world.Execute(new FakeFile(3, "/m/other") { ChangedNs = 1 });
        Assert.Equal(Verdict.None, e.Answer);
        world.Reply(other, Verdict.Allow);
        Assert.Equal(Verdict.Allow, e.Answer);
        world.Settle();
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void Demoted_product_beside_another_does_not_weaken_its_denial(OnFailure onFailure, Verdict answer)
    {
        var world = World(TestPolicies.Ask(onFailure, 100, "p", "q"));
        var (demoted, other) = (world.Connect("p"), world.Connect("q"));
        MissUntilDemoted(world, demoted, answers: other);

        var denied = world.Execute(New());
        Assert.Equal(Verdict.None, denied.Answer);
        world.Reply(other, Verdict.Deny);
        Assert.Equal(Verdict.Deny, denied.Answer);
        var allowed = world.Execute(New());
        world.Reply(other, Verdict.Allow);
        Assert.Equal(answer, allowed.Answer);
        world.Settle();
    }

    [Fact]
    public void Demoted_product_answers_shadow_questions_that_decide_nothing_and_is_asked_again()
    {
        var world = World(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p", EventKind.Demotion, EventKind.Decision);
        MissUntilDemoted(world, product);
        Assert.Equal("demoted", product.Session.Snapshot().State);
        Assert.NotEqual(0, product.Session.Snapshot().DemotedSinceUnixNs);
        int asked = product.Questions.Count;

        for (int good = 1; good <= Standing.GoodAnswersNeeded; good++)
        {
            world.Wait(Standing.FirstPauseMs);
            var e = world.Execute(New());
            Assert.Equal(Verdict.Deny, e.Answer);
            var (question, handle) = product.Questions[^1];
            Assert.True(question.IsShadow);
            Assert.Equal((asked + good, e.Event.Handle), (product.Questions.Count, handle));
            // One at a time, whatever else happens.
            Assert.Equal(Verdict.Deny, world.Execute(New()).Answer);
            Assert.Equal(asked + good, product.Questions.Count);
            world.Wait(99);
            world.Reply(product, Verdict.Allow);
            Assert.Equal(Verdict.Deny, e.Answer);
        }

        Assert.Equal("judging", product.Session.Snapshot().State);
        Assert.Equal(0, product.Session.Snapshot().DemotedSinceUnixNs);
        Assert.Equal(0, world.Counters.Of(VerdictFailure.UnknownReply) + world.Counters.Of(VerdictFailure.LateReply));
        Assert.Empty(world.Source.Marks);
        var judged = world.Execute(New());
        Assert.Equal(Verdict.None, judged.Answer);
        Assert.False(product.Questions[^1].Question.IsShadow);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.Allow, judged.Answer);
        // It was told all the while, of this too.
        Assert.Equal(
            ["p is demoted: 3 misses, the last: no answer in time. It is told but no longer asked.", "p on trial: 1 of 2 good answers.", "p is asked again: 2 good answers."],
            product.Events.Where(static n => n.Kind == EventKind.Demotion).Select(static n => n.Detail));
        world.Settle();
    }

    [Fact]
    public void Shadow_question_that_is_not_answered_is_told_and_the_next_one_comes_later()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        var (product, observer) = (world.Connect("p"), world.Connect("agent", EventKind.Demotion));
        MissUntilDemoted(world, product);
        int asked = product.Questions.Count;
        foreach (int pause in new[] { 500, 1_000, 2_000, 4_000, 4_000 })
        {
            world.Wait(pause - 1);
            world.Execute(New());
            Assert.Equal(asked, product.Questions.Count);
            world.Wait(1);
            world.Execute(New());
            Assert.Equal(++asked, product.Questions.Count);
            world.Wait(100);
            world.Engine.Poll.Sweep();
            world.Reply(product, Verdict.Allow);
        }
        Assert.Equal(5, world.Counters.Of(VerdictFailure.LateReply));
        Assert.Equal(5, observer.Events.Count(static n => n.Detail.StartsWith("p on trial: no answer in time.", StringComparison.Ordinal)));
        Assert.Equal("demoted", product.Session.Snapshot().State);
        world.Settle();
    }

    [Fact]
    public void Product_that_crashes_again_and_again_while_it_judges_is_demoted_across_its_sessions()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        for (int i = 0; i < Standing.MissBudget; i++)
        {
            var product = world.Connect("p");
            Assert.Equal("judging", product.Session.Snapshot().State);
            for (int j = 0; j < 4; j++) world.Execute(New());
            world.Disconnect(product);
        }
        var back = world.Connect("p");
        Assert.Equal("demoted", back.Session.Snapshot().State);
        // A new session is tried at once: it may be a better build.
        Assert.Equal(Verdict.Allow, world.Execute(New()).Answer);
        Assert.True(back.Questions[^1].Question.IsShadow);
        world.Disconnect(back);
        Assert.Equal("demoted", world.Connect("p").Session.Snapshot().State);
        world.Settle();
    }

    [Fact]
    public void Product_that_ends_while_it_judges_nothing_has_not_missed()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        for (int i = 0; i < 20; i++) world.Disconnect(world.Connect("p"));
        Assert.Equal((0, "judging"), world.Connect("p").Session.Snapshot() is var status ? (status.Misses, status.State) : default);
    }

    [Fact]
    public void Malformed_and_unknown_frames_demote()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        world.Engine.Poll.RefuseFrame(product.Session);
        world.Engine.Poll.TakeReply(product.Session, new AuthReply(ulong.MaxValue, Verdict.Allow, true, 0, ""));
        Assert.Equal("judging", product.Session.Snapshot().State);
        world.Engine.Poll.RefuseFrame(product.Session);
        Assert.Equal("demoted", product.Session.Snapshot().State);
        Assert.Equal((2, 1), (world.Counters.Of(VerdictFailure.MalformedReply), world.Counters.Of(VerdictFailure.UnknownReply)));
    }

    [Fact]
    public void Answer_that_it_could_not_judge_is_honest_and_no_miss()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        for (int i = 0; i < 20; i++)
        {
            world.Execute(New());
            world.Reply(product, Verdict.None);
        }
        Assert.Equal(0, product.Session.Snapshot().Misses);
    }

    [Fact]
    public void Product_that_was_asked_when_most_of_the_time_was_gone_is_not_to_blame()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        for (int i = 0; i < 20; i++)
        {
            world.Execute(new FakeFile(++_inode, "/m/cold") { IsCold = true, ChangedNs = 1 });
            world.Wait(60);
            world.FinishReading();
            world.Wait(40);
            world.Engine.Poll.Sweep();
        }
        Assert.Equal(20ul, product.Session.Missed);
        Assert.Equal(0, product.Session.Snapshot().Misses);
        world.Settle();
    }

    [Fact]
    public void Verdicts_that_a_demoted_product_gave_before_stay_valid()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        var file = New();
        world.Execute(file);
        world.Reply(product, Verdict.Deny);
        MissUntilDemoted(world, product);
        Assert.Equal(Verdict.Deny, world.Execute(file).Answer);
    }

    [Fact]
    public void File_that_could_not_be_judged_ahead_of_need_is_when_its_product_has_returned()
    {
        var world = World(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        var file = new FakeFile(++_inode, "/m/data") { Content = ContentClass.Data, ChangedNs = 1 };
        MissUntilDemoted(world, product);
        for (int i = 0; i < 4; i++) world.Raise(EventKind.Open, file);
        Assert.DoesNotContain(product.Questions, static q => q.Question.IsPrejudged);
        while (product.Session.Standing.IsDemoted)
        {
            world.Wait(Standing.FirstPauseMs);
            world.Execute(New());
            world.Reply(product, Verdict.Allow);
        }
        for (int i = 0; i < 2; i++) world.Raise(EventKind.Open, file);
        Assert.True(product.Questions[^1].Question.IsPrejudged);
        world.Settle();
    }

    private static EngineWorld World(PolicyDocument policy) => new(policy, standing: Standing);

    private static PolicyRule Ask(string id, string path, OnFailure onFailure, string product) => new()
    {
        Id = id, Action = RuleAction.Ask, Products = [product], OnFailure = onFailure, DeadlineMs = 100,
        Match = new RuleMatch { Kinds = [EventKind.Exec], Paths = [path] },
    };

    private FakeFile New(string path = "/m/new") => new(++_inode, path) { ChangedNs = 1 };

    private void MissUntilDemoted(EngineWorld world, FakeProduct product, string path = "/m/new", FakeProduct? answers = null)
    {
        for (int i = 0; i < Standing.MissBudget; i++)
        {
            Assert.False(product.Session.Standing.IsDemoted);
            world.Execute(New(path));
            if (answers is not null) world.Reply(answers, Verdict.Allow);
            world.Wait(100);
            world.Engine.Poll.Sweep();
        }
        Assert.True(product.Session.Standing.IsDemoted);
    }
}
