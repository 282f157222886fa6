using System.Buffers;
using System.Text;
using System.Text.Json;
using Outwork.Trust.Json;

namespace Outwork.Trust.Tests.Json;

public sealed class CanonicalCheckTests
{
    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("0")]
    [InlineData("-12")]
    [InlineData("null")]
    [InlineData("\"a \\\" \\\\ é\"")]
    [InlineData("{\"a\":[1,{\"b\":null},true,[]],\"aa\":{},\"b\":{\"x\":\"\"},\"é\":false}")]
    [InlineData("{\"～\":2,\"😀\":1}")]
    public void Canonical_form_is_recognised(string json)
    {
        Assert.True(CanonicalCheck.IsCanonical(Encoding.UTF8.GetBytes(json)));
        Assert.Equal(json, Canonical(Encoding.UTF8.GetBytes(json)));
    }

    [Theory]
    [InlineData("{} {}")]
    [InlineData(" {}")]
    [InlineData("{}\n")]
    [InlineData("{\"a\" :1}")]
    [InlineData("{\"a\": 1}")]
    [InlineData("[1, 2]")]
    [InlineData("[1,2 ]")]
    [InlineData("{\"b\":1,\"a\":2}")]
    [InlineData("{\"😀\":1,\"～\":2}")]
    [InlineData("{\"a\":1,\"a\":2}")]
    [InlineData("[{\"x\":{\"a\":1,\"a\":1}}]")]
    [InlineData("{\"a\":{\"b\":1},\"a\":{\"c\":1}}")]
    [InlineData("\"\\u0061\"")]
    [InlineData("\"\\/\"")]
    [InlineData("\"\\n\"")]
    [InlineData("{\"\\\\\":1}")]
    [InlineData("1.0")]
    [InlineData("1e2")]
    [InlineData("-0")]
    [InlineData("[/**/]")]
    [InlineData("]")]
    [InlineData("\"")]
    [InlineData("\"\\")]
    [InlineData("\"\n\"")]
    [InlineData("\"\u001f\"")]
    public void What_is_not_in_canonical_form_is_not_taken_for_it(string json) => Assert.False(CanonicalCheck.IsCanonical(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Nesting_as_deep_as_is_read_is_looked_at_and_deeper_is_not()
    {
        string deep = new string('[', CanonicalCheck.MaxDepth) + new string(']', CanonicalCheck.MaxDepth);

        Assert.True(CanonicalCheck.IsCanonical(Encoding.UTF8.GetBytes(deep)));
        Assert.False(CanonicalCheck.IsCanonical(Encoding.UTF8.GetBytes($"[{deep}]")));
    }

    [Fact]
    public void Whatever_is_taken_for_canonical_is_what_would_be_signed()
    {
        var random = new Random(19);
        string[] parts = ["{", "}", "[", "]", ",", ":", "\"a\"", "\"b\"", "\"a\":", "\"b\":", "\"c\":", "1", "-0", "0", "1.5", "null", "true", "false", "-", "tru", " ", "\"", "\"\\\\\"", "\"\\u0061\"", "\"é\":"];
        int taken = 0;
        for (int i = 0; i < 300_000; i++)
        {
            string text = string.Concat(random.GetItems(parts, random.Next(1, 9)));
            byte[] json = Encoding.UTF8.GetBytes(text);
            bool isTaken = CanonicalCheck.IsCanonical(json);
            if (!IsJson(json))
                continue;
            bool hasEscapeInName = text.Contains("\\\\\":", StringComparison.Ordinal);
            Assert.Equal(Canonical(json) == text && !hasEscapeInName, isTaken);
            taken += isTaken ? 1 : 0;
        }

        Assert.True(taken > 1_000, $"only {taken} inputs were canonical");
    }

    private static bool IsJson(byte[] json)
    {
        try
        {
            using JsonDocument strict = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string? Canonical(byte[] json)
    {
        var output = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(json);
        return CanonicalJson.TryWrite(document.RootElement, output) is not null ? null : Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
