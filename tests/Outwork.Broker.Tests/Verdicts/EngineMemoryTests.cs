using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>What is remembered, where, and for how long.</summary>
public sealed class EngineMemoryTests
{
    private readonly FakeFile _system = new(10, "/m/0") { ChangedNs = 1 };
    private readonly FakeFile _users = new(11, "/m/1") { ChangedNs = 1, Owner = 1000 };

    [Fact]
    public void Allowed_system_file_is_marked_in_the_operating_system()
    {
        var (world, _) = Judged(_system, Verdict.Allow);
        Assert.Contains(_system.Identity, world.Source.Marks);
    }

    [Fact]
    public void File_that_others_can_write_is_remembered_here_only()
    {
        var (world, product) = Judged(_users, Verdict.Allow);
        Assert.Empty(world.Source.Marks);
        Assert.Equal(Verdict.Allow, world.Execute(_users).Answer);
        Assert.Single(product.Questions);
    }

    [Fact]
    public void Denied_file_is_remembered_here_only_and_each_denial_is_recorded()
    {
        var (world, product) = Judged(_system, Verdict.Deny);
        Assert.Empty(world.Source.Marks);
        Assert.Equal(Verdict.Deny, world.Execute(_system).Answer);
        Assert.Single(product.Questions);
        var records = world.Engine.Journal.Ring.Latest(2);
        Assert.Equal((VerdictSource.Cache, records[0].Id), (records[1].Source, records[1].CachedFrom));
    }

    [Fact]
    public void Nothing_is_remembered_while_somebody_can_write_the_file()
    {
        _users.HasWriter = true;
        var (world, product) = Judged(_users, Verdict.Deny);
        world.Execute(_users);
        Assert.Equal(2, product.Questions.Count);
    }

    [Fact]
    public void What_is_remembered_does_not_count_while_somebody_can_write_the_file()
    {
        var (world, product) = Judged(_users, Verdict.Allow);
        _users.HasWriter = true;
        world.Execute(_users);
        Assert.Equal(2, product.Questions.Count);
    }

    [Theory]
    [InlineData(19, 2)]
    [InlineData(21, 1)]
    public void Content_changed_a_moment_ago_is_not_remembered(int milliseconds, int questions)
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        world.Write(_system);
        world.Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        world.Execute(_system);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(questions == 1, world.Source.Marks.Count == 1);
        world.Execute(_system);
        Assert.Equal(questions, product.Questions.Count);
    }

    [Fact]
    public void Verdict_of_other_content_of_the_product_is_not_remembered()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        world.Execute(_system);
        Assert.True(product.Session.TakeContent(new(1, "1", "")));
        world.Engine.Poll.TakeReply(product.Session, new AuthReply(product.Questions[0].Question.RequestId, Verdict.Allow, true, 0, ""));
        Assert.Empty(world.Source.Marks);
        world.Execute(_system);
        Assert.Equal(2, product.Questions.Count);
    }

    [Fact]
    public void Policy_applied_while_a_product_judges_keeps_the_answer_from_being_remembered()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        var e = world.Execute(_system);
        world.Apply(TestPolicies.Ask(OnFailure.Closed));
        world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.Allow, e.Answer);
        Assert.Empty(world.Source.Marks);
        world.Execute(_system);
        Assert.Equal(2, product.Questions.Count);
    }

    [Fact]
    public void Renamed_file_is_judged_under_its_new_name()
    {
        var world = new EngineWorld(TestPolicies.DenyPath("/m/denied"));
        var product = world.Connect("p");
        world.Execute(_users);
        world.Reply(product, Verdict.Allow);
        _users.Path = "/m/denied";
        Assert.Equal(Verdict.Deny, world.Execute(_users).Answer);
    }

    [Fact]
    public void Open_that_belongs_to_an_execution_just_allowed_is_not_asked_about_and_the_next_is()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        world.Execute(_system);
        world.Reply(product, Verdict.Allow, cacheable: false);
        Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, _system).Answer);
        Assert.Single(product.Questions);
        Assert.Equal(Verdict.None, world.Raise(EventKind.Open, _system).Answer);
        Assert.Equal(2, product.Questions.Count);
    }

    [Fact]
    public void Open_by_another_process_does_not_belong_to_the_execution()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        world.Execute(_system);
        world.Reply(product, Verdict.Allow, cacheable: false);
        Assert.Equal(Verdict.None, world.Raise(EventKind.Open, _system, pid: 4).Answer);
    }

    [Fact]
    public void Data_opened_again_is_judged_ahead_of_need_and_then_marked()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        var data = new FakeFile(12, "/m/data") { ChangedNs = 1, Content = ContentClass.Data };
        Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, data).Answer);
        Assert.Empty(product.Questions);
        Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, data).Answer);
        Assert.True(product.Questions.Single().Question.IsPrejudged);
        Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, data).Answer);
        Assert.Single(product.Questions);
        world.Reply(product, Verdict.Allow);
        Assert.Contains(data.Identity, world.Source.Marks);
        world.Settle();
    }

    [Fact]
    public void Data_that_a_product_refuses_as_code_stays_readable_as_data_and_is_refused_as_code()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        var script = new FakeFile(12, "/m/script") { ChangedNs = 1, Content = ContentClass.Script };
        for (int i = 0; i < 2; i++) world.Raise(EventKind.Open, script);
        world.Reply(product, Verdict.Deny);
        Assert.True(world.Engine.Journal.Ring.Find(world.Engine.Journal.Ring.LastId) is { Verdict: Verdict.Deny, AheadOfNeed: true });
        Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, script).Answer);
        Assert.Equal(Verdict.Deny, world.Raise(EventKind.Open, script, pid: 2).Answer);
        Assert.True(world.Engine.Journal.Ring.Find(world.Engine.Journal.Ring.LastId) is { Verdict: Verdict.Deny, AheadOfNeed: false });
        Assert.Empty(world.Source.Marks);
    }

    [Fact]
    public void No_more_than_the_limit_are_judged_ahead_of_need()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        for (ulong i = 0; i < 5; i++)
        {
            var data = new FakeFile(20 + i, $"/m/{i}") { ChangedNs = 1, Content = ContentClass.Data };
            for (int opens = 0; opens < 3; opens++) Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, data).Answer);
        }
        Assert.Equal(2, product.Questions.Count);
        world.Wait(30_000);
        world.Engine.Poll.Sweep();
        Assert.True(world.Engine.Poll.MayPrejudge);
        world.Settle();
    }

    [Theory]
    [InlineData(Verdict.Allow, Verdict.Deny)]
    [InlineData(Verdict.Deny, Verdict.Allow)]
    public void Product_that_contradicts_itself_has_denied(Verdict first, Verdict second)
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        world.Execute(_system);
        world.Execute(_system, pid: 2);
        for (int i = 0; i < 2; i++)
            world.Engine.Poll.TakeReply(product.Session, new AuthReply(product.Questions[i].Question.RequestId, i == 0 ? first : second, true, 0, ""));
        Assert.Empty(world.Source.Marks);
        Assert.Equal(Verdict.Deny, world.Execute(_system, pid: 3).Answer);
    }

    [Fact]
    public void Denial_under_one_path_does_not_stick_to_another()
    {
        var world = new EngineWorld(TestPolicies.DenyPath("/m/denied"));
        var product = world.Connect("p");
        _users.Path = "/m/denied";
        Assert.Equal(Verdict.Deny, world.Execute(_users).Answer);
        _users.Path = "/m/allowed";
        for (int i = 0; i < 2; i++)
        {
            var e = world.Execute(_users);
            if (i == 0) world.Reply(product, Verdict.Allow);
            Assert.Equal(Verdict.Allow, e.Answer);
            Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, _users).Answer);
        }
        Assert.Single(product.Questions);
    }

    [Fact]
    public void Path_that_only_others_see_is_neither_remembered_nor_answered_from_memory_while_the_policy_looks_at_paths()
    {
        var world = new EngineWorld(TestPolicies.DenyPath("/m/denied"));
        var product = world.Connect("p");
        world.Execute(_users);
        world.Reply(product, Verdict.Allow);
        _users.IsForeign = true;
        for (int asked = 2; asked < 4; asked++)
        {
            world.Execute(_users, pid: asked);
            Assert.Equal(asked, product.Questions.Count);
            world.Reply(product, Verdict.Deny);
        }
        _users.IsForeign = false;
        Assert.Equal(Verdict.Allow, world.Execute(_users).Answer);
        Assert.Equal(3, product.Questions.Count);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void System_file_under_a_path_that_only_others_see_is_not_marked_for_everyone(bool looksAtPaths)
    {
        var world = new EngineWorld(looksAtPaths ? TestPolicies.DenyPath("/m/denied") : TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        _system.IsForeign = true;
        world.Execute(_system);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(looksAtPaths, world.Source.Marks.Count == 0);
    }

    private static (EngineWorld World, FakeProduct Product) Judged(FakeFile file, Verdict verdict)
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        var e = world.Execute(file);
        world.Reply(product, verdict);
        Assert.Equal(verdict, e.Answer);
        return (world, product);
    }
}
