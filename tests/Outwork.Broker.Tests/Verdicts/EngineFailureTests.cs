using Outwork.Broker.Sessions;
using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>Each failure that arises in the engine: what it answers, that it is counted once, and that it is not remembered.</summary>
public sealed class EngineFailureTests
{
    private readonly FakeFile _file = new(10, "/m/0") { ChangedNs = 1 };

    public static TheoryData<OnFailure, Verdict> OnFailures => new() { { OnFailure.Open, Verdict.Allow }, { OnFailure.Closed, Verdict.Deny } };

    [Theory, MemberData(nameof(OnFailures))]
    public void DeadlineMissed(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Wait(99);
        Assert.Equal(Verdict.None, e.Answer);
        world.Wait(1);
        Assert.Equal(answer, e.Answer);
        world.Engine.Poll.Sweep();
        Assert.Equal(1ul, product.Session.Missed);
        ExpectNotRemembered(world, product, VerdictFailure.DeadlineMissed, VerdictSource.Deadline);
    }

    [Fact]
    public void Execution_that_waited_for_a_deadline_does_not_wait_for_another_when_its_file_is_opened()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        world.Connect("p");
        world.Execute(_file);
        world.Wait(100);
        Assert.Equal(Verdict.Allow, world.Raise(EventKind.Open, _file, pid: 1).Answer);
        world.Settle();
    }

    [Fact]
    public void Open_that_comes_before_the_guard_has_said_that_it_answered_does_not_wait_either()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        world.Connect("p");
        Verdict opened = Verdict.None;
        world.Source.Answered = answered =>
        {
            // In the middle of the guard's answer, as when its thread loses the processor to the program that it lets go.
            if (answered.Event.Kind == EventKind.Exec) opened = world.Raise(EventKind.Open, _file, pid: 1).Answer;
        };
        world.Execute(_file);
        world.Wait(100);
        Assert.Equal(Verdict.Allow, opened);
        world.Settle();
    }

    [Fact]
    public void Question_about_an_open_is_asked_again_and_recorded_as_one()
    {
        // Code, so that without the rule about opens it would be judged as an execution.
        var file = new FakeFile(11, "/m/1") { ChangedNs = 1 };
        var world = new EngineWorld(TestPolicies.AskForOpen("/m/1"));
        var product = world.Connect("q");
        var e = world.Raise(EventKind.Open, file);
        file.Version++;
        world.Reply(product, Verdict.Allow);

        world.Reply(product, Verdict.Deny);

        Assert.Equal([EventKind.Open, EventKind.Open], product.Questions.Select(static q => q.Question.Kind));
        Assert.Equal((Verdict.Deny, EventKind.Open), (e.Answer, Assert.Single(world.Engine.Journal.Ring.Latest(10)).Kind));
        world.Settle();
    }

    [Fact]
    public void Fault_before_an_event_waits_takes_no_place_for_good()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        world.Connect("p");
        world.Source.ThrowsAboutWriters = true;
        var file = new FakeFile(11, "/m/1") { ChangedNs = 1, Owner = 1000 };

        // Twice as many as there are places.
        for (int i = 0; i < 16; i++) Assert.Throws<InvalidOperationException>(() => world.Execute(file));

        Assert.Equal((0, 0), (world.Engine.Poll.Pending.Count, world.Counters.Of(VerdictFailure.TooManyPending)));
    }

    [Fact]
    public void Fault_after_the_answer_takes_no_place_for_good_and_stops_no_sweep()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        var e = world.Execute(new FakeFile(11, "/m/1") { ChangedNs = 1, Owner = 1000 });
        world.Source.ThrowsAboutWriters = true;

        Assert.Throws<InvalidOperationException>(() => world.Reply(product, Verdict.Allow));

        Assert.Equal((Verdict.Allow, true), (e.Answer, e.IsReleased));
        world.Settle();
    }

    [Theory, InlineData(EventKind.Open), InlineData(EventKind.Exec)]
    public void Pipe_has_no_content_so_nobody_is_asked_about_it(EventKind kind)
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        var pipe = new FakeFile(11, "/m/pipe") { ChangedNs = 1, IsPipe = true, Content = kind == EventKind.Exec ? ContentClass.Image : ContentClass.Data };

        // More often than it takes for a file to be judged ahead of need.
        for (int i = 0; i < 100; i++)
        {
            var e = world.Raise(kind, pipe);
            Assert.Equal((Verdict.Allow, true), (e.Answer, e.IsReleased));
        }

        Assert.Empty(product.Questions);
        Assert.Empty(world.Source.Marks);
        world.Settle();
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void QueueFull(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        product.Outcome = AskOutcome.QueueFull;
        Assert.Equal(answer, world.Execute(_file).Answer);
        ExpectNotRemembered(world, product, VerdictFailure.QueueFull);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void TooManyPending(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        for (ulong i = 0; i < 8; i++) Assert.Equal(Verdict.None, world.Execute(new FakeFile(20 + i, "/m/many"), pid: 2).Answer);
        Assert.Equal(answer, world.Execute(_file).Answer);
        Assert.Equal(1, world.Counters.Of(VerdictFailure.TooManyPending));
        world.Wait(100);
        world.Engine.Poll.Sweep();
        Assert.Equal(Verdict.None, world.Execute(_file).Answer);
        Assert.Equal(9, product.Questions.Count);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void TooManyPending_when_no_reader_is_free(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure)) { IsReaderBusy = true };
        Assert.Equal(answer, world.Execute(new FakeFile(11, "/m/cold") { IsCold = true }).Answer);
        Assert.Equal(1, world.Counters.Of(VerdictFailure.TooManyPending));
        world.Settle();
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void ProductAbsent(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        Assert.Equal(answer, world.Execute(_file).Answer);
        ExpectNotRemembered(world, world.Connect("p"), VerdictFailure.ProductAbsent);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void ProductCrashed_when_its_session_ends(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Disconnect(product);
        Assert.Equal(answer, e.Answer);
        ExpectNotRemembered(world, world.Connect("p"), VerdictFailure.ProductCrashed);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void ProductCrashed_when_it_says_that_it_could_not_judge(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Reply(product, Verdict.None);
        Assert.Equal(answer, e.Answer);
        ExpectNotRemembered(world, product, VerdictFailure.ProductCrashed);
    }

    [Fact]
    public void Product_that_fails_does_not_weaken_the_denial_of_another()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open, 100, "p", "q"));
        var (failing, denying) = (world.Connect("p"), world.Connect("q"));
        var e = world.Execute(_file);
        world.Disconnect(failing);
        Assert.Equal(Verdict.None, e.Answer);
        world.Reply(denying, Verdict.Deny);
        Assert.Equal(Verdict.Deny, e.Answer);
    }

    [Fact]
    public void UnknownReply()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var (asked, other) = (world.Connect("p"), world.Connect("q"));
        var e = world.Execute(_file);
        ulong requestId = asked.Questions[0].Question.RequestId;
        foreach (ulong unknown in new ulong[] { 0, requestId + (1 << 13), ulong.MaxValue })
            world.Engine.Poll.TakeReply(asked.Session, new AuthReply(unknown, Verdict.Allow, true, 0, ""));
        world.Engine.Poll.TakeReply(other.Session, new AuthReply(requestId, Verdict.Allow, true, 0, ""));
        Assert.Equal(Verdict.None, e.Answer);
        Assert.Equal(4, world.Counters.Of(VerdictFailure.UnknownReply));
        Assert.Equal((3ul, 1ul), (asked.Session.Refused, other.Session.Refused));
        world.Reply(asked, Verdict.Allow);
        Assert.Equal(Verdict.Allow, e.Answer);
    }

    [Fact]
    public void UnknownReply_when_a_product_votes_twice()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed, 100, "p", "q"));
        var (twice, other) = (world.Connect("p"), world.Connect("q"));
        var e = world.Execute(_file);
        world.Reply(twice, Verdict.Allow);
        world.Reply(twice, Verdict.Deny);
        Assert.Equal(1, world.Counters.Of(VerdictFailure.UnknownReply));
        world.Reply(other, Verdict.Allow);
        Assert.Equal(Verdict.Allow, e.Answer);
    }

    [Fact]
    public void LateReply()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Wait(100);
        world.Reply(product, Verdict.Deny);
        world.Engine.Poll.Sweep();
        world.Reply(product, Verdict.Deny);
        Assert.Equal(Verdict.Allow, e.Answer);
        Assert.Equal(2, world.Counters.Of(VerdictFailure.LateReply));
    }

    [Fact]
    public void ResponseWriteFailed()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        world.Source.IsFailing = true;
        world.Execute(_file);
        var product = world.Connect("p");
        world.Execute(_file);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(2, world.Counters.Of(VerdictFailure.ResponseWriteFailed));
        world.Settle();
    }

    [Theory]
    [InlineData(VerdictFailure.EventQueueOverflow)]
    [InlineData(VerdictFailure.DescriptorsExhausted)]
    public void Lost_events_make_the_engine_forget(VerdictFailure failure)
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Closed));
        var product = world.Connect("p");
        world.Execute(_file);
        world.Reply(product, Verdict.Allow);
        Assert.NotEmpty(world.Source.Marks);
        world.Engine.LoseEvents(failure);
        Assert.Empty(world.Source.Marks);
        Assert.Equal(1, world.Counters.Of(failure));
        Assert.Equal(Verdict.None, world.Execute(_file).Answer);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void FileUnreadable(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        _file.IsUnreadable = true;
        Assert.Equal(answer, world.Execute(_file).Answer);
        Assert.Equal(1, world.Counters.Of(VerdictFailure.FileUnreadable));
        _file.IsUnreadable = false;
        ExpectNotRemembered(world, product, VerdictFailure.FileUnreadable, recorded: false);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void FileUnreadable_when_the_content_cannot_be_read(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var e = world.Execute(new FakeFile(11, "/m/cold") { IsCold = true });
        Assert.Equal(Verdict.None, e.Answer);
        world.FinishReading(succeeds: false);
        Assert.Equal(answer, e.Answer);
        Assert.Equal(1, world.Counters.Of(VerdictFailure.FileUnreadable));
        world.Settle();
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void FileUnreadable_when_it_cannot_be_told_whether_it_changed(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        _file.IsUnreadable = true;
        world.Reply(product, Verdict.Allow);
        Assert.Equal(answer, e.Answer);
        _file.IsUnreadable = false;
        ExpectNotRemembered(world, product, VerdictFailure.FileUnreadable);
    }

    [Fact]
    public void CacheMarkFailed()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Source.IsFailing = true;
        world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.Allow, e.Answer);
        Assert.Equal(1, world.Counters.Of(VerdictFailure.CacheMarkFailed));
        Assert.Empty(world.Source.Marks);
        // The next event is answered from the cache and tries again.
        world.Source.IsFailing = false;
        Assert.Equal(Verdict.Allow, world.Execute(_file).Answer);
        Assert.NotEmpty(world.Source.Marks);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void ContentChanged(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Write(_file);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(Verdict.None, e.Answer);
        Assert.Equal(_file.Identity, product.Questions[1].Question.File);
        world.Write(_file);
        world.Reply(product, Verdict.Allow);
        Assert.Equal(answer, e.Answer);
        world.Wait(50);
        ExpectNotRemembered(world, product, VerdictFailure.ContentChanged);
    }

    [Theory, MemberData(nameof(OnFailures))]
    public void ContentChanged_while_somebody_could_write_it_unseen(OnFailure onFailure, Verdict answer)
    {
        var world = new EngineWorld(TestPolicies.Ask(onFailure));
        var product = world.Connect("p");
        var written = new FakeFile(11, "/m/script") { ChangedNs = 1, Owner = 1_000, HasWriter = true };
        var e = world.Execute(written);
        world.Reply(product, Verdict.Allow);
        Assert.Equal((Verdict.None, 2), (e.Answer, product.Questions.Count));
        world.Reply(product, Verdict.Allow);
        Assert.Equal((answer, 1), (e.Answer, world.Counters.Of(VerdictFailure.ContentChanged)));

        // Denied it is at once, and a writer that has gone in time does no harm.
        e = world.Execute(written, pid: 5);
        world.Reply(product, Verdict.Deny);
        Assert.Equal(Verdict.Deny, e.Answer);
        e = world.Execute(written, pid: 6);
        world.Reply(product, Verdict.Allow);
        written.HasWriter = false;
        world.Reply(product, Verdict.Allow);
        Assert.Equal((Verdict.Allow, 1), (e.Answer, world.Counters.Of(VerdictFailure.ContentChanged)));
        world.Settle();
    }

    [Fact]
    public void ContentChanged_when_somebody_could_write_what_was_hashed()
    {
        var allowed = new FakeFile(11, "/m/script") { ChangedNs = 1, Owner = 1_000, HasWriter = true };
        var world = new EngineWorld(TestPolicies.DenyHash(new FakeFile(12, "").Sha256));
        var e = world.Execute(allowed);
        world.FinishReading();
        Assert.Equal((Verdict.None, 1), (e.Answer, world.Reading));
        world.FinishReading();
        Assert.Equal((Verdict.Deny, 1), (e.Answer, world.Counters.Of(VerdictFailure.ContentChanged)));
        Assert.Equal(VerdictFailure.ContentChanged, world.Engine.Journal.Ring.Latest(1)[0].Failure);
        world.Settle();
    }

    [Fact]
    public void Content_that_changes_once_while_it_is_judged_is_judged_anew()
    {
        var world = new EngineWorld(TestPolicies.Ask(OnFailure.Open));
        var product = world.Connect("p");
        var e = world.Execute(_file);
        world.Write(_file);
        world.Reply(product, Verdict.Allow);
        world.Reply(product, Verdict.Deny);
        Assert.Equal(Verdict.Deny, e.Answer);
        Assert.Equal(0, world.Counters.Of(VerdictFailure.ContentChanged));
    }

    // The failure was counted once, the decision tells it, and the same file is asked about again.
    private void ExpectNotRemembered(
        EngineWorld world, FakeProduct product, VerdictFailure failure, VerdictSource source = VerdictSource.Failure, bool recorded = true)
    {
        Assert.Equal(1, world.Counters.Of(failure));
        Assert.Empty(world.Source.Marks);
        if (recorded) Assert.Equal((failure, source), world.Engine.Journal.Ring.Latest(1)[0] is var record ? (record.Failure, record.Source) : default);
        product.Outcome = AskOutcome.Asked;
        int asked = product.Questions.Count;
        Assert.Equal(Verdict.None, world.Execute(_file, pid: 5).Answer);
        Assert.Equal(asked + 1, product.Questions.Count);
        world.Settle();
    }
}
