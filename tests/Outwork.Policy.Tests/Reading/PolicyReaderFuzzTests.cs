using System.Globalization;
using System.Text;
using Outwork.Broker.Rules;
using Outwork.Policy.Tests.Support;

namespace Outwork.Policy.Tests.Reading;

/// <summary>
/// Changes a committed corpus with a fixed seed, so that every run is the same one. OUTWORK_FUZZ_ITERATIONS and OUTWORK_FUZZ_SEED make it
/// longer or another.
/// </summary>
public sealed class PolicyReaderFuzzTests
{
    private static readonly string[] Tokens =
    [
        "- ", ": ", "? ", "[", "]", "{", "}", ",", "&a ", "*a", "!!str ", "!", "|", ">", "|+\n", ">-\n ", "'", "\"", "\\", "#", "%", "@", "`", "---\n", "...\n", "\t",
        "\n", "\r", "\r\n", "\0", "\u0085", "\u2028", "\ufeff", "\ud800", "\udc00", "<<: ", "~", "null", "ask", "memory", "%YAML 9.9\n", "%TAG ! x\n", "\\U0011ffff", "\\x",
        "99999999999999999999", "/**/", "{a,b}", "[!", "  ", "      ", "!<a> ", "!<", "é", "🙂",
    ];

    [Fact]
    public void Reader_answers_whatever_the_text_is()
    {
        string[] corpus = [.. Directory.GetFiles(Repository.PathOf("testassets/fuzz/policy"), "*.yaml").Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        Assert.True(corpus.Length >= 7);
        var random = new Random(Setting("OUTWORK_FUZZ_SEED", 20261104));
        int accepted = 0, refused = 0;
        for (int i = Setting("OUTWORK_FUZZ_ITERATIONS", 10_000); i > 0; i--)
        {
            string text = Mutate(random, corpus);
            try
            {
                var result = PolicyReader.Read(text, "fuzz.yaml", FakeUsers.Instance);
                Assert.Equal(result.Document is null, result.Faults.Length != 0);
                int lines = LinesOf(text);
                Assert.All(result.Faults, f => Assert.True(f.Line >= 1 && f.Line <= lines && f.Column >= 1 && f.Message.Length is > 0 and < 1_000, f.ToString()));
                if (result.Document is null) refused++;
                else
                {
                    // What the reader accepts can be compiled, written and read again.
                    PolicyCompiler.Compile(result.Document);
                    Assert.Empty(PolicyReader.Read(PolicyWriter.Write(result.Document), "again.yaml", FakeUsers.Instance).FormatFaults());
                    accepted++;
                }
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"Broken by this text (base64 of its UTF-16): {Convert.ToBase64String(Encoding.Unicode.GetBytes(text))}", e);
            }
        }
        Assert.True(accepted > 100 && refused > 100, $"{accepted} accepted, {refused} refused");
    }

    private static string Mutate(Random random, string[] corpus)
    {
        var text = new StringBuilder(corpus[random.Next(corpus.Length)]);
        for (int changes = random.Next(1, 7); changes > 0; changes--)
        {
            int at = random.Next(text.Length + 1), length = Math.Min(random.Next(1, 20), text.Length - at);
            switch (random.Next(6))
            {
                case 0: text.Remove(at, length); break;
                case 1: text.Insert(at, Tokens[random.Next(Tokens.Length)]); break;
                case 2: text.Insert(at, text.ToString(at, length)); break;
                case 3 when at < text.Length: text[at] = (char)random.Next(32, 127); break;
                case 4:
                    string other = corpus[random.Next(corpus.Length)];
                    int from = random.Next(other.Length);
                    text.Insert(at, other.AsSpan(from, Math.Min(random.Next(100), other.Length - from)));
                    break;
                default:
                    if (random.Next(4) == 0) text.Length = at;
                    else text.Insert(at, string.Concat(Enumerable.Repeat(Tokens[random.Next(Tokens.Length)], random.Next(1, 40))));
                    break;
            }
        }
        return text.ToString();
    }

    // As YAML counts them: each of its line breaks ends one.
    private static int LinesOf(string text) => text.Replace("\r\n", "\n").Count(static c => c is '\n' or '\r' or '\u0085' or '\u2028' or '\u2029') + 1;

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
