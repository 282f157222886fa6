using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Sessions;
using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>Products in processes of their own, over real shared memory and sockets.</summary>
public sealed class ProcessSessionTests
{
    [Fact]
    public void Product_in_another_process_answers_many_questions()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        using var broker = new TestBroker(brokerEnd);
        using var product = SpawnedProduct.Start([BuiltPrograms.AnswerAtOnce], productEnd);
        broker.WaitForSubscription();
        Assert.Equal("answer-at-once", broker.Subscription!.Name);
        for (int i = 0; i < 5_000; i++)
        {
            AuthReply reply = broker.Ask(TestBroker.Exec("/usr/bin/program-" + i));
            Assert.Equal(Verdict.Allow, reply.Verdict);
            Assert.False(reply.Cacheable);
        }

        Assert.Equal(0, broker.Malformed);
    }
}
