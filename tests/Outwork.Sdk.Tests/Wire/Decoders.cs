using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;
using Outwork.Contracts.Wire;

namespace Outwork.Sdk.Tests.Wire;

/// <summary>Gives bytes to every decoder there is.</summary>
internal static class Decoders
{
    public static FrameFault[] RunAll(ReadOnlySpan<byte> frame, Utf8Interning texts)
    {
        FrameFault reply = ReplyCodec.TryDecode(frame, texts, out AuthReply answer);
        if (reply == FrameFault.None)
        {
            // What the broker relies on.
            Assert.True(answer.Verdict is Verdict.None or Verdict.Allow or Verdict.Deny);
            Assert.True(System.Text.Encoding.UTF8.GetByteCount(answer.Reason) <= 3 * FrameLimits.MaxText);
        }

        return
        [
            reply,
            FrameHeader.TryRead(frame, out _),
            AuthRequestCodec.TryDecode(frame, texts, out _),
            NotifyCodec.TryDecode(frame, texts, out _),
            GapCodec.TryDecode(frame, texts, out _),
            ClosingCodec.TryDecode(frame, texts, out _, out _),
            SubscribeCodec.TryDecode(frame, texts, out _),
            HealthCodec.TryDecode(frame, texts, out _, out _),
            ContentLoadedCodec.TryDecode(frame, texts, out _),
            Welcome.TryDecode(frame, out _),
        ];
    }
}
