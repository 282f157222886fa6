using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.Sdk.Testing;
using Outwork.Sdk.Tests.Sessions;

namespace Outwork.Sdk.Tests.Testing;

/// <summary>What a vendor does with the test kit.</summary>
public sealed class InMemoryBrokerTests
{
    [Fact]
    public void Ask_gives_the_product_the_content_and_the_test_its_answer()
    {
        using var broker = new InMemoryBroker(new ScriptedProduct
        {
            OnJudge = (question, file, _) =>
            {
                byte[] start = new byte[4];
                int read = RandomAccess.Read(file!, start, 0);
                return Judgement.Deny($"{question.Path} has {question.File.Size} bytes and begins with {Convert.ToHexString(start, 0, read)}");
            },
        });
        AskOutcome outcome = broker.Ask(InMemoryBroker.Exec("/tmp/a"), [0x7F, (byte)'E', (byte)'L', (byte)'F', 0]);
        Assert.Equal((VerdictFailure.None, Verdict.Deny), (outcome.Failure, outcome.Verdict));
        Assert.Equal("/tmp/a has 5 bytes and begins with 7F454C46", outcome.Reason);
    }

    [Fact]
    public async Task Deadline_passes_when_the_clock_is_moved_and_the_late_answer_is_counted()
    {
        using var broker = new InMemoryBroker(new ScriptedProduct
        {
            OnJudge = (_, _, deadline) =>
            {
                deadline.WaitHandle.WaitOne();
                return Judgement.Deny("too late");
            },
        });
        Task<AskOutcome> asked = broker.AskAsync(InMemoryBroker.Exec("/tmp/slow"));
        broker.Clock.Advance(TimeSpan.FromSeconds(1.999));
        Assert.False(asked.IsCompleted);
        broker.Clock.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(VerdictFailure.DeadlineMissed, (await asked).Failure);
        Assert.True(SpinWait.SpinUntil(() => broker.LateReplies == 1, InMemoryBroker.RealTimeLimit));
    }

    [Fact]
    public void Product_that_throws_is_reported_as_failed_and_degraded()
    {
        using var broker = new InMemoryBroker(new ScriptedProduct { OnJudge = (_, _, _) => throw new FormatException("bad header") });
        AskOutcome outcome = broker.Ask(InMemoryBroker.Exec("/tmp/a"));
        Assert.Equal((VerdictFailure.ProductCrashed, Verdict.None), (outcome.Failure, outcome.Verdict));
        Assert.True(SpinWait.SpinUntil(() => broker.Health == ProductHealth.Degraded, InMemoryBroker.RealTimeLimit));
        Assert.Equal("could not judge: FormatException: bad header", broker.HealthMessage);
    }

    [Fact]
    public void Notify_returns_when_the_product_has_observed()
    {
        var seen = new List<string>();
        using var broker = new InMemoryBroker(new ScriptedProduct
        {
            OnObserve = notification => seen.Add($"{notification.Kind} {notification.Process?.Executable}{notification.Lost}"),
        });
        broker.Notify(new NotifyEvent { Kind = EventKind.Exec, TimeUnixNs = 1, Process = Wire.FrameSamples.Process });
        Assert.Equal(["Exec /usr/bin/bash0"], seen);
        broker.Notify(new NotifyEvent { Kind = EventKind.Gap, TimeUnixNs = 1, Lost = 7 });
        Assert.Equal("Gap 7", seen[1]);
    }

    [Fact]
    public void Reload_that_is_refused_keeps_the_generation_and_one_that_is_accepted_raises_it()
    {
        var reports = new Queue<ContentReport>([new(true, "1", "first"), new(false, "", "line 3"), new(true, "2", "second")]);
        using var broker = new InMemoryBroker(new ScriptedProduct { OnLoad = _ => reports.Dequeue() }, contentDirectory: "/nowhere");
        Assert.Equal(1ul, broker.Content!.Generation);
        Assert.False(broker.ReloadContent("/nowhere").Accepted);
        Assert.Equal((1ul, ProductHealth.Degraded, "line 3"), (broker.Content.Generation, broker.Health, broker.HealthMessage));
        Assert.True(broker.ReloadContent("/nowhere").Accepted);
        Assert.Equal((2ul, "2", ProductHealth.Healthy), (broker.Content.Generation, broker.Content.Version, broker.Health));
        Assert.Equal(2ul, broker.Ask(InMemoryBroker.Exec("/tmp/a")).Reply.ContentGeneration);
    }

    [Fact]
    public void Health_that_the_product_reports_is_seen_and_outlives_the_hosts_own_fault()
    {
        var product = new ScriptedProduct { OnJudge = (question, _, _) => question.Path == "/bad" ? Judgement.Failed("broken") : Judgement.Allow() };
        product.Say(ProductHealth.Degraded, "before the session");
        using var broker = new InMemoryBroker(product);
        Assert.Equal("before the session", broker.HealthMessage);
        broker.Ask(InMemoryBroker.Exec("/bad"));
        Assert.True(SpinWait.SpinUntil(() => broker.HealthMessage == "could not judge: broken", InMemoryBroker.RealTimeLimit));
        broker.Ask(InMemoryBroker.Exec("/good"));
        Assert.True(SpinWait.SpinUntil(() => broker.HealthMessage == "before the session", InMemoryBroker.RealTimeLimit));
        product.Say(ProductHealth.Failing, "no memory");
        Assert.Equal((ProductHealth.Failing, "no memory"), (broker.Health, broker.HealthMessage));
    }

    [Fact]
    public void Questions_of_a_kind_not_subscribed_to_are_a_mistake_of_the_test()
    {
        using var broker = new InMemoryBroker(new ScriptedProduct());
        Assert.Throws<InvalidOperationException>(() => broker.Ask(InMemoryBroker.Exec("/tmp/a") with { Kind = EventKind.Open }));
        Assert.Throws<InvalidOperationException>(() => broker.Notify(new NotifyEvent { Kind = EventKind.Fork, TimeUnixNs = 1 }));
    }

    [Fact]
    public void Product_that_cannot_start_fails_the_test_with_the_reason()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => new InMemoryBroker(new ScriptedProduct { Concurrency = 0 }));
        Assert.IsType<ArgumentOutOfRangeException>(fault.InnerException);
    }

    [Fact]
    public void Clock_runs_timers_in_order_each_at_its_time()
    {
        var clock = new FakeClock();
        long start = clock.GetTimestamp();
        var fired = new List<(string, double)>();
        void Fired(object? name) => fired.Add(((string)name!, (clock.GetTimestamp() - start) / 1e9));
        using ITimer late = clock.CreateTimer(Fired, "late", TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using ITimer every = clock.CreateTimer(Fired, "every", TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using ITimer never = clock.CreateTimer(Fired, "never", TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        never.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([("every", 2), ("late", 3), ("every", 4)], fired);
    }
}
