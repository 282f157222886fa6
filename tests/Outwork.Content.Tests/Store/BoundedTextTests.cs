using Outwork.Content.Store;

namespace Outwork.Content.Tests.Store;

public sealed class BoundedTextTests
{
    [Theory]
    [InlineData("as it is", 8, "as it is")]
    [InlineData("cut at a word", 9, "cut at a\u2026")]
    [InlineData("cut at a word", 10, "cut at a\u2026")]
    [InlineData("onewordonly", 6, "onewo\u2026")]
    [InlineData("onew\U0001F600only", 6, "onew\u2026")]
    public void Text_ends_with_a_whole_word(string text, int longest, string cut) => Assert.Equal(cut, BoundedText.Cut(text, longest));

    [Fact]
    public void State_with_as_many_of_the_longest_reasons_as_there_may_be_is_read_again()
    {
        var state = new ProductContentState { Sequence = 1 };
        var record = new SlotRecord { Phase = SlotPhase.RolledBack, Vendor = "acme", Version = "", Sha256 = new string('a', 64), ManifestSha256 = new string('b', 64), DiskBytes = 1, StagedAt = DateTimeOffset.UnixEpoch };
        for (int i = 0; i < ProductContentState.MaximumDenied + 1; i++)
            state = state.Deny(record with { Version = $"1.0.{i}" }, new string('\u00e9', 3_000), DateTimeOffset.UnixEpoch);
        byte[] bytes = ProductStateCodec.Write(state);
        Assert.InRange(bytes.Length, 2_048 * 6 * ProductContentState.MaximumDenied / 2, ProductStateCodec.MaximumLength);
        Assert.NotNull(ProductStateCodec.Read(bytes, out _));
    }
}
