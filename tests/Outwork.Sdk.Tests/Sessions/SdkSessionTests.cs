using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Products;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Sdk.Tests.Wire;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>The SDK's session over the real transport.</summary>
public sealed class SdkSessionTests
{
    private readonly byte[] _frame = new byte[FrameLimits.MaxEventFrame];

    [Fact]
    public void Subscription_reaches_the_broker()
    {
        using var running = new RunningProduct(new ScriptedProduct { Concurrency = 3 });
        Assert.Equal(
            new SubscribeRequest("scripted", 1 << 1, (1 << 1) | (1 << 4), WantsDescriptor: true, 3), running.Broker.Subscription);
        Assert.Equal(ProductHealth.Healthy, running.Broker.Health.Health);
    }

    [Fact]
    public void Passed_file_is_read_and_closed()
    {
        string path = Path.GetTempFileName();
        File.WriteAllText(path, "content of the file");
        SafeFileHandle? kept = null;
        var product = new ScriptedProduct
        {
            OnJudge = (_, file, _) =>
            {
                kept = file;
                byte[] bytes = new byte[100];
                return Judgement.Deny(System.Text.Encoding.UTF8.GetString(bytes, 0, RandomAccess.Read(file!, bytes, 0)));
            },
        };
        using (var running = new RunningProduct(product))
        using (SafeFileHandle opened = File.OpenHandle(path))
        {
            AuthReply reply = running.Broker.Ask(TestBroker.Exec(path), opened);
            Assert.Equal((Verdict.Deny, "content of the file", true), (reply.Verdict, reply.Reason, reply.Cacheable));
        }

        Assert.True(kept!.IsClosed);
        File.Delete(path);
    }

    [Fact]
    public void Descriptor_of_a_question_that_never_came_is_passed_over()
    {
        using var running = new RunningProduct(new ScriptedProduct { OnJudge = (_, file, _) => file is null ? Judgement.Deny("no file") : Judgement.Allow() });
        using SafeFileHandle file = File.OpenHandle("/bin/true");
        for (int i = 0; i < 5; i++)
            running.Broker.Endpoint.SendDescriptor(ulong.MaxValue, (int)file.DangerousGetHandle());
        Assert.Equal(Verdict.Allow, running.Broker.Ask(TestBroker.Exec("/bin/true"), file).Verdict);
    }

    [Fact]
    public void Question_whose_descriptor_is_missing_fails_at_once()
    {
        using var running = new RunningProduct(new ScriptedProduct());
        int length = AuthRequestCodec.Encode(_frame, TestBroker.Exec("/bin/true") with { RequestId = 77, HasDescriptor = true }, nowNs: 0);
        Assert.True(running.Broker.Endpoint.TryWriteEvent(_frame.AsSpan(0, length)));
        running.Broker.Endpoint.WakeIfSleeping();
        running.Broker.WaitUntil(() => running.Broker.Replies.Count == 1);
        Assert.Equal(Verdict.None, running.Broker.Replies[0].Verdict);
    }

    [Fact]
    public void Concurrency_of_four_judges_four_at_a_time()
    {
        using var together = new Barrier(4);
        var product = new ScriptedProduct
        {
            Concurrency = 4,
            OnJudge = (_, _, deadline) => together.SignalAndWait(TimeSpan.FromSeconds(15), deadline) ? Judgement.Allow() : Judgement.Deny("alone"),
        };
        using var running = new RunningProduct(product);
        for (int round = 1; round <= 50; round++)
        {
            for (int i = 0; i < 4; i++)
                running.Broker.Post(TestBroker.Exec("/bin/" + i));
            running.Broker.WaitUntil(() => running.Broker.Replies.Count == 4 * round);
        }

        Assert.All(running.Broker.Replies, reply => Assert.Equal(Verdict.Allow, reply.Verdict));
    }

    [Fact]
    public void Product_that_throws_gives_no_verdict_is_degraded_and_recovers()
    {
        var product = new ScriptedProduct
        {
            OnJudge = (question, _, _) => question.Path == "/bad" ? throw new InvalidDataException("cannot parse") : Judgement.Allow(),
        };
        using var running = new RunningProduct(product);
        AuthReply failed = running.Broker.Ask(TestBroker.Exec("/bad"));
        Assert.Equal((Verdict.None, false), (failed.Verdict, failed.Cacheable));
        Assert.Equal("InvalidDataException: cannot parse", failed.Reason);
        running.Broker.WaitUntil(() => running.Broker.Health.Health == ProductHealth.Degraded);
        Assert.Contains("cannot parse", running.Broker.Health.Message, StringComparison.Ordinal);
        Assert.Equal(Verdict.Allow, running.Broker.Ask(TestBroker.Exec("/good")).Verdict);
        running.Broker.WaitUntil(() => running.Broker.Health.Health == ProductHealth.Healthy);
    }

    [Fact]
    public void Deadline_token_is_cancelled_at_the_deadline()
    {
        var product = new ScriptedProduct
        {
            OnJudge = (_, _, deadline) => deadline.WaitHandle.WaitOne(TimeSpan.FromSeconds(15)) ? Judgement.Allow("late") : Judgement.Deny("never cancelled"),
        };
        using var running = new RunningProduct(product);
        for (int i = 0; i < 3; i++)
        {
            AuthReply reply = running.Broker.Ask(TestBroker.Exec("/bin/true", TimeSpan.FromMilliseconds(50)));
            Assert.Equal(("late", false), (reply.Reason, reply.Cacheable));
        }
    }

    [Fact]
    public void Notifications_come_in_order_and_the_gap_among_them()
    {
        var seen = new ConcurrentQueue<NotifyEvent>();
        using var entered = new ManualResetEventSlim();
        using var blocked = new ManualResetEventSlim();
        var product = new ScriptedProduct
        {
            Concurrency = 3,
            OnObserve = notification =>
            {
                entered.Set();
                blocked.Wait();
                seen.Enqueue(notification);
            },
        };
        using var running = new RunningProduct(product, options: new() { EventsCapacity = 64 * 1024, RepliesCapacity = 64 * 1024 });
        // It has taken the first and takes no more: from here on the ring only fills.
        Assert.True(running.Broker.Endpoint.Deliver(Exit(0)));
        running.Broker.Endpoint.WakeIfSleeping();
        Assert.True(entered.Wait(TimeSpan.FromSeconds(20)));
        int delivered = 1;
        int lost = 0;
        for (int i = 1; lost < 20; i++)
        {
            if (running.Broker.Endpoint.Deliver(Exit(i)))
                delivered++;
            else
                lost++;
            running.Broker.Endpoint.WakeIfSleeping();
        }

        blocked.Set();
        running.Broker.WaitUntil(() => seen.Count >= delivered);
        Assert.True(running.Broker.Endpoint.Deliver(Exit(-1)));
        running.Broker.Endpoint.WakeIfSleeping();
        running.Broker.WaitUntil(() => seen.Count >= delivered + 2);
        NotifyEvent[] last = [.. seen.TakeLast(2)];
        Assert.Equal((EventKind.Gap, (ulong)lost), (last[0].Kind, last[0].Lost));
        Assert.Equal(-1, last[1].ExitCode);
        int[] codes = [.. seen.Take(delivered).Select(notification => notification.ExitCode)];
        Assert.Equal(codes.Order(), codes);
    }

    [Fact]
    public void Content_is_loaded_at_start_and_again_when_its_directory_changes()
    {
        string directory = Directory.CreateTempSubdirectory("outwork-content").FullName;
        string rules = Path.Combine(directory, "rules");
        File.WriteAllText(rules, "v1");
        var product = new ScriptedProduct
        {
            OnLoad = from =>
            {
                string version = File.ReadAllText(Path.Combine(from, "rules"));
                return version == "broken" ? new ContentReport(false, "", "rules:1: broken") : new ContentReport(true, version, "loaded");
            },
        };
        using (var running = new RunningProduct(product, directory))
        {
            TestBroker broker = running.Broker;
            Assert.Equal(new ContentLoaded(1, "v1", "loaded"), broker.Content);
            Assert.Equal(1ul, broker.Ask(TestBroker.Exec("/bin/true")).ContentGeneration);

            File.WriteAllText(rules, "broken");
            broker.WaitUntil(() => broker.Health == (ProductHealth.Degraded, "rules:1: broken"));
            Assert.Equal(1ul, broker.Ask(TestBroker.Exec("/bin/true")).ContentGeneration);

            File.WriteAllText(rules + ".new", "v2");
            File.Move(rules + ".new", rules, overwrite: true);
            broker.WaitUntil(() => broker.Health.Health == ProductHealth.Healthy);
            Assert.Equal(new ContentLoaded(2, "v2", "loaded"), broker.Content);
            Assert.Equal(2ul, broker.Ask(TestBroker.Exec("/bin/true")).ContentGeneration);
        }

        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public void Session_closed_in_order_ends_the_product_with_zero()
    {
        using var running = new RunningProduct(new ScriptedProduct { Concurrency = 4 });
        running.Broker.Endpoint.Close(ClosingReason.Shutdown, "stopping");
        Assert.Equal(0, running.ExitCode());
    }

    [Fact]
    public void Broker_that_vanishes_ends_the_product_with_three()
    {
        using var running = new RunningProduct(new ScriptedProduct { Concurrency = 4 });
        running.Broker.Endpoint.Dispose();
        Assert.Equal(3, running.ExitCode());
    }

    [Fact]
    public void Frames_of_a_later_version_are_skipped()
    {
        using var running = new RunningProduct(new ScriptedProduct());
        byte[] frame = [.. FrameSamples.All().First(sample => sample.Name == "gap").Frame];
        frame[4] = 9;
        Assert.True(running.Broker.Endpoint.TryWriteEvent(frame));
        Assert.Equal(Verdict.Allow, running.Broker.Ask(TestBroker.Exec("/bin/true")).Verdict);
    }

    private ReadOnlySpan<byte> Exit(int code)
    {
        var notification = new NotifyEvent { Kind = EventKind.Exit, TimeUnixNs = 1, ExitCode = code, Process = FrameSamples.Process };
        return _frame.AsSpan(0, NotifyCodec.Encode(_frame, notification, nowNs: 1));
    }
}
