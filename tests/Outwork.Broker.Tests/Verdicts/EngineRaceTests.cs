using Outwork.Broker.Tests.Verdicts.Support;
using Outwork.Broker.Processes;
using Outwork.Broker.Rules;
using Outwork.Broker.Sessions;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Tests.Verdicts;

/// <summary>The deadline guard's thread beside the reactor's, on the real clock.</summary>
public sealed class EngineRaceTests
{
    private const int Enough = 300;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void Open_that_follows_an_execution_before_the_guard_is_done_with_it_waits_for_no_second_deadline()
    {
        var source = new FakeAuthSource();
        var sessions = new SessionRegistry(TimeProvider.System, new ProductStandingOptions { MissBudget = int.MaxValue });
        var world = new EngineWorld();
        var engine = new VerdictEngine(
            new VerdictEngineOptions { CacheCapacity = 16, DecisionRingCapacity = 32, MaxPending = 64 }, source, world, world, world, sessions, TimeProvider.System);
        engine.Apply(PolicyCompiler.Compile(TestPolicies.Ask(OnFailure.Open, deadlineMs: 10_000)));
        var product = new FakeProduct("p");
        sessions.Add(product.Session);
        var file = new FakeFile(7, "/m");

        // The program goes on as soon as the answer is written, and its open is there before the guard has told the reactor.
        source.Answered = waiting =>
        {
            source.Answered = null;
            engine.Handle(source.Raise(EventKind.Open, 42, file, TimeProvider.System.GetTimestamp()));
        };
        engine.Handle(source.Raise(EventKind.Exec, 42, file, TimeProvider.System.GetTimestamp()));
        engine.Poll.ExpireOverdue(TimeSpan.FromMinutes(1));

        Assert.Equal([Verdict.Allow, Verdict.Allow], source.Events.Select(static e => e.Answer));
        Assert.Single(product.Questions);
        engine.Poll.Sweep();
        Assert.All(source.Events, static e => Assert.True(e.IsReleased));
        // Once only: another open of the same process is another matter.
        engine.Handle(source.Raise(EventKind.Open, 42, file, TimeProvider.System.GetTimestamp()));
        Assert.Equal(2, product.Questions.Count);
    }

    [Fact]
    public void Guard_and_product_answer_at_the_same_moment_and_each_event_gets_one_answer()
    {
        var source = new FakeAuthSource();
        var sessions = new SessionRegistry(TimeProvider.System, new ProductStandingOptions { MissBudget = int.MaxValue });
        var world = new EngineWorld();
        var engine = new VerdictEngine(
            new VerdictEngineOptions { CacheCapacity = 16, DecisionRingCapacity = 32, MaxPending = 64 }, source, world, world, world, sessions, TimeProvider.System);
        engine.Apply(PolicyCompiler.Compile(TestPolicies.Ask(OnFailure.Closed, deadlineMs: 10)));
        var product = new FakeProduct("p");
        sessions.Add(product.Session);

        using var stop = new CancellationTokenSource();
        Exception? fault = null;
        var guard = new Thread(() =>
        {
            try
            {
                while (!stop.IsCancellationRequested) engine.Poll.ExpireOverdue(TimeSpan.Zero);
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        guard.Start();
        var random = new Random(1);
        long began = TimeProvider.System.GetTimestamp();
        ulong inode = 1;
        while (fault is null && !HasSeenBoth() && TimeProvider.System.GetElapsedTime(began) < Patience)
        {
            product.Questions.Clear();
            for (int i = random.Next(1, 8); i > 0; i--)
                engine.Handle(source.Raise(EventKind.Exec, 1, new FakeFile(++inode, "/m"), TimeProvider.System.GetTimestamp()));
            // Around the deadline, so that both reach for the same slots.
            var moment = TimeSpan.FromMicroseconds(9_700 + random.Next(600));
            long from = TimeProvider.System.GetTimestamp();
            while (TimeProvider.System.GetElapsedTime(from) < moment) Thread.SpinWait(20);
            foreach (var (question, _) in product.Questions)
                engine.Poll.TakeReply(product.Session, new AuthReply(question.RequestId, Verdict.Allow, true, 0, ""));
            engine.Poll.Sweep();
        }
        while (engine.Poll.Pending.Count > 0) engine.Poll.Sweep();
        stop.Cancel();
        guard.Join();

        Assert.Null(fault);
        Assert.True(HasSeenBoth(), $"{Answers(VerdictSource.Product)} by the product, {Answers(VerdictSource.Deadline)} by the guard");
        Assert.All(source.Events, static e => Assert.True(e.IsReleased && e.Answer != Verdict.None));
        Assert.Equal(source.Events.Count, engine.Counters.Answers);
        Assert.Equal(Answers(VerdictSource.Deadline), engine.Counters.Of(VerdictFailure.DeadlineMissed));
        // A reply that loses the race for its slot at the last moment is not late by the count.
        Assert.InRange(engine.Counters.Of(VerdictFailure.LateReply), 1, Answers(VerdictSource.Deadline));

        long Answers(VerdictSource by) => engine.Counters.Of(by, Verdict.Allow) + engine.Counters.Of(by, Verdict.Deny);

        bool HasSeenBoth() => Answers(VerdictSource.Product) > Enough && Answers(VerdictSource.Deadline) > Enough;
    }
}
