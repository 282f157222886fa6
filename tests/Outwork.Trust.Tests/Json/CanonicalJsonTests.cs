using System.Buffers;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Outwork.Trust.Json;

namespace Outwork.Trust.Tests.Json;

/// <summary>The expected bytes are what securesystemslib's encode_canonical gives; they are frozen.</summary>
public sealed class CanonicalJsonTests
{
    [Theory]
    [InlineData("\"\"", "\"\"")]
    [InlineData("[1, 2, 3]", "[1,2,3]")]
    [InlineData("[]", "[]")]
    [InlineData("{}", "{}")]
    [InlineData("{\"A\": [99]}", "{\"A\":[99]}")]
    [InlineData("{\"y\":2,\"x\" : 3}", "{\"x\":3,\"y\":2}")]
    [InlineData("{\"x\": 3, \"y\": null, \"b\": true, \"a\": false}", "{\"a\":false,\"b\":true,\"x\":3,\"y\":null}")]
    [InlineData("{\"B\":1,\"a\":2,\"_\":3,\"A\":4,\"aa\":5,\"\":6}", "{\"\":6,\"A\":4,\"B\":1,\"_\":3,\"a\":2,\"aa\":5}")]
    [InlineData("-0", "0")]
    [InlineData("-12", "-12")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("\"\\u0041\\/\"", "\"A/\"")]
    [InlineData("\"\\\\ \\\"\"", "\"\\\\ \\\"\"")]
    [InlineData("\"\\n\\t\\r\\b\\f\\u0000\\u001f\"", "\"\n\t\r\b\f\0\u001f\"")]
    [InlineData("\"\\u00e9 \\u20ac\"", "\"é €\"")]
    [InlineData("\"\\ud83d\\ude00\"", "\"😀\"")]
    [InlineData("\"\u007f\\u0080\"", "\"\u007f\u0080\"")]
    [InlineData("{\"\\u0061\":1,\"A\":2}", "{\"A\":2,\"a\":1}")]
    // Code points, not UTF-16 units: U+FF5E is below U+1F600, whose first unit is 0xD83D.
    [InlineData("{\"😀\":1,\"～\":2}", "{\"～\":2,\"😀\":1}")]
    // No normalisation: the composed letter and the letter with its accent are two names.
    [InlineData("{\"e\\u0301\":1,\"\\u00e9\":2}", "{\"e\u0301\":1,\"\u00e9\":2}")]
    public void Canonical_bytes_are_as_frozen(string json, string expected)
    {
        Assert.Null(Write(json, out byte[] canonical));
        Assert.Equal(Encoding.UTF8.GetBytes(expected), canonical);
    }

    [Theory]
    [InlineData("1.0")]
    [InlineData("1e3")]
    [InlineData("[0.5]")]
    [InlineData("{\"a\":{\"b\":[1E0]}}")]
    [InlineData("\"\\ud83d\"")]
    [InlineData("\"\\ude00\\ud83d\"")]
    [InlineData("{\"\\ud83d\":1}")]
    [InlineData("\"\\ud83dx\"")]
    [InlineData("\"\\ud83d\\u0041\"")]
    public void What_has_no_canonical_form_is_refused(string json) => Assert.NotNull(Write(json, out _));

    [Fact]
    public void Canonical_form_does_not_depend_on_how_it_was_written() =>
        Prop.ForAll(Arb.From(Documents(3)), static (Node node) =>
        {
            Assert.Null(Write(node.ToJson(sorted: true, escaped: false), out byte[] one));
            Assert.Null(Write(node.ToJson(sorted: false, escaped: true), out byte[] other));
            return one.AsSpan().SequenceEqual(other);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261121, 7));

    [Fact]
    public void Canonical_form_of_text_without_control_characters_is_its_own() =>
        Prop.ForAll(Arb.From(Documents(3)), static (Node node) =>
        {
            Assert.Null(Write(node.ToJson(sorted: true, escaped: true), out byte[] once));
            Assert.Null(Write(Encoding.UTF8.GetString(once), out byte[] twice));
            return once.AsSpan().SequenceEqual(twice);
        }).Check(FsCheck.Config.QuickThrowOnFailure.WithMaxTest(300).WithReplay(20261121, 9));

    private static string? Write(string json, out byte[] canonical)
    {
        var output = new ArrayBufferWriter<byte>();
        using JsonDocument document = JsonDocument.Parse(json);
        string? fault = CanonicalJson.TryWrite(document.RootElement, output);
        canonical = output.WrittenSpan.ToArray();
        return fault;
    }

    private static Gen<Node> Documents(int depth)
    {
        Gen<string> text = Gen.Elements("a", "b", "aa", "é", "～", "😀", "\"", "\\", "/", "z y", "").ListOf(3).Select(static parts => string.Concat(parts));
        Gen<Node> leaf = Gen.OneOf(text.Select(static value => new Node(value, null, null)), Gen.Choose(-1000, 1000).Select(static value => new Node(null, value, null)));
        if (depth == 0)
            return leaf;
        Gen<Node> inner = Documents(depth - 1);
        Gen<Node> members = text.ListOf(4).SelectMany(names => inner.ListOf(4).Select(values =>
            new Node(null, null, names.Distinct(StringComparer.Ordinal).Zip(values, KeyValuePair.Create).ToList())));
        return Gen.OneOf(leaf, members);
    }

    private sealed record Node(string? Text, int? Number, List<KeyValuePair<string, Node>>? Members)
    {
        public string ToJson(bool sorted, bool escaped)
        {
            if (Text is not null)
                return Quote(Text, escaped);
            if (Members is null)
                return Number!.Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
            IEnumerable<KeyValuePair<string, Node>> members = sorted ? Members.OrderBy(static member => member.Key, StringComparer.Ordinal) : Members;
            string space = escaped ? " \n" : "";
            return "{" + string.Join(",", members.Select(member => $"{space}{Quote(member.Key, escaped)}{space}:{member.Value.ToJson(sorted, escaped)}")) + space + "}";
        }

        private static string Quote(string text, bool escaped) => escaped
            ? "\"" + string.Concat(text.Select(static unit => $"\\u{(int)unit:x4}")) + "\""
            : "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
    }
}
