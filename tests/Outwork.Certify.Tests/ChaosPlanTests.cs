using Outwork.Contracts.Wire;
using Outwork.Sdk.Testing;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Certify.Tests;

public sealed class ChaosPlanTests
{
    [Theory]
    [InlineData("DiesOnEvent", ChaosBehavior.DiesOnEvent, ChaosPlan.DefaultEvents)]
    [InlineData(" LeaksMemory  3\n", ChaosBehavior.LeaksMemory, 3)]
    public void Plan_is_read(string text, ChaosBehavior behavior, int events) =>
        Assert.Equal(new ChaosPlan(behavior, events), ChaosPlan.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("Nonsense")]
    [InlineData("3")]
    [InlineData("DiesOnEvent x")]
    [InlineData("DiesOnEvent 3 4")]
    public void Text_that_is_no_plan_is_refused(string text) => Assert.Null(ChaosPlan.Parse(text));

    [Fact]
    public void Every_behaviour_survives_its_own_text() =>
        Assert.All(Enum.GetValues<ChaosBehavior>(), static behavior => Assert.Equal(new ChaosPlan(behavior, 7), ChaosPlan.Parse(new ChaosPlan(behavior, 7).ToString())));

    [Fact]
    public void Every_malformed_frame_is_refused_by_its_decoder()
    {
        var texts = new Utf8Interning();
        Assert.All(MalformedFrames.All(request: 5, nowNs: 1), malformed =>
        {
            FrameFault fault = FrameHeader.TryRead(malformed.Frame, out FrameHeader header);
            if (fault == FrameFault.None)
            {
                fault = header.Type switch
                {
                    FrameType.Reply => ReplyCodec.TryDecode(malformed.Frame, texts, out _),
                    FrameType.Health => HealthCodec.TryDecode(malformed.Frame, texts, out _, out _),
                    FrameType.Subscribe => SubscribeCodec.TryDecode(malformed.Frame, texts, out _),
                    FrameType.ContentLoaded => ContentLoadedCodec.TryDecode(malformed.Frame, texts, out _),
                    _ => FrameFault.UnexpectedType,
                };
            }

            Assert.True(fault != FrameFault.None, malformed.Name);
        });
    }

    [Fact]
    public void Chaos_product_plays_in_the_process_of_a_test_too()
    {
        using var broker = new InMemoryBroker(new ChaosProduct(new ChaosPlan(ChaosBehavior.DeniesEverything)));

        Assert.Equal(Contracts.Verdicts.Verdict.Deny, broker.Ask(InMemoryBroker.Exec("/bin/true"), "x"u8.ToArray()).Verdict);
    }
}
