using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;
using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>Products in processes of their own, over real shared memory and sockets.</summary>
public sealed class ProcessSessionTests : IDisposable
{
    private const string Marker = "OUTWORK-SAMPLE-REFUSE-ME";
    private readonly string _directory = Directory.CreateTempSubdirectory("outwork-products").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Product_in_another_process_answers_many_questions()
    {
        using TestBroker broker = Start([BuiltPrograms.AnswerAtOnce], out SpawnedProduct product);
        using SpawnedProduct owned = product;
        Assert.Equal("answer-at-once", broker.Subscription!.Name);
        for (int i = 0; i < 5_000; i++)
        {
            AuthReply reply = broker.Ask(TestBroker.Exec("/usr/bin/program-" + i));
            Assert.Equal((Verdict.Allow, false), (reply.Verdict, reply.Cacheable));
            broker.Replies.Clear();
        }

        Assert.Equal(0, broker.Malformed);
    }

    [Theory]
    [InlineData("c-product")]
    [InlineData("minimal-product")]
    public void Sample_refuses_what_holds_the_marker_and_allows_the_rest(string name)
    {
        using TestBroker broker = Start([Path(name)], out SpawnedProduct product);
        using SpawnedProduct owned = product;
        Assert.Equal(name, broker.Subscription!.Name);
        // More than the ring holds, so that frames wrap.
        for (int i = 0; i < 2_000; i++)
        {
            bool marked = i % 3 == 0;
            using SafeFileHandle file = FileWith(marked ? Marker + i : "harmless " + i);
            AuthReply reply = broker.Ask(TestBroker.Exec("/" + new string('d', i % 2000)), file);
            Assert.Equal((marked ? Verdict.Deny : Verdict.Allow, true), (reply.Verdict, reply.Cacheable));
            Assert.Equal(marked, reply.Reason.Contains("the marker", StringComparison.Ordinal));
            broker.Replies.Clear();
        }

        Assert.Equal(0, broker.Malformed);
    }

    [Fact]
    public void C_sample_that_gets_no_descriptor_says_that_it_failed()
    {
        using TestBroker broker = Start([BuiltPrograms.CProduct], out SpawnedProduct product);
        using SpawnedProduct owned = product;
        AuthReply reply = broker.Ask(TestBroker.Exec("/bin/true"));
        Assert.Equal((Verdict.None, "the file could not be read"), (reply.Verdict, reply.Reason));
    }

    [Theory]
    [InlineData("c-product")]
    [InlineData("minimal-product")]
    public void Sample_ends_in_order_when_the_session_closes(string name)
    {
        using TestBroker broker = Start([Path(name)], out SpawnedProduct product);
        using SpawnedProduct owned = product;
        broker.Endpoint.Close(ClosingReason.Shutdown, "stopping");
        Assert.Equal(0, product.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData("c-product")]
    [InlineData("minimal-product")]
    public void Sample_ends_when_the_broker_vanishes(string name)
    {
        TestBroker broker = Start([Path(name)], out SpawnedProduct product);
        using SpawnedProduct owned = product;
        broker.Dispose();
        Assert.Equal(3, product.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void Product_killed_while_it_is_asked_is_seen_by_its_hang_up()
    {
        using TestBroker broker = Start([BuiltPrograms.AnswerAtOnce], out SpawnedProduct product);
        using SpawnedProduct owned = product;
        product.Kill();
        Assert.Equal(128 + TestInterop.SIGKILL, product.WaitForExit(TimeSpan.FromSeconds(10)));
        // What is asked in the moment between death and hang-up is written to nobody, and harms nobody.
        Assert.Equal(AskResult.Asked, broker.Endpoint.Ask(TestBroker.Exec("/bin/true"), -1));
        broker.WaitUntil(() => broker.HungUp);
        Assert.Empty(broker.Replies);
        Assert.False(broker.Endpoint.IsBroken);
    }

    [Fact]
    public void Product_started_by_hand_says_why_it_does_not_run()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        brokerEnd.Dispose();
        using SpawnedProduct product = SpawnedProduct.Start([BuiltPrograms.MinimalProduct], productEnd);
        Assert.Equal(2, product.WaitForExit(TimeSpan.FromSeconds(10)));
    }

    private static TestBroker Start(string[] arguments, out SpawnedProduct product)
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        var options = new BrokerSessionOptions { EventsCapacity = 64 * 1024, RepliesCapacity = 64 * 1024 };
        var broker = new TestBroker(brokerEnd, options);
        product = SpawnedProduct.Start(arguments, productEnd, ("OUTWORK_SAMPLE_MARKER", Marker));
        broker.WaitForSubscription();
        return broker;
    }

    private static string Path(string name) => name == "c-product" ? BuiltPrograms.CProduct : BuiltPrograms.MinimalProduct;

    private SafeFileHandle FileWith(string content)
    {
        string path = System.IO.Path.Combine(_directory, "file");
        File.WriteAllText(path, content);
        return File.OpenHandle(path);
    }
}
