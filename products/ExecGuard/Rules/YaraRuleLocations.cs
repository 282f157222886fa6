namespace Outwork.Products.ExecGuard.Rules;

/// <summary>
/// Where the rules of one YARA file begin and which modules it imports: compiled rules keep neither. Understands comments,
/// strings and regular expressions, which is all that could hide or feign the word `rule`; a slash that begins no
/// comment begins a regular expression, as YARA divides with a backslash.
/// </summary>
internal sealed class YaraRuleLocations
{
    private readonly Dictionary<string, int> _rules = [];
    private readonly List<(string Module, int Line)> _imports = [];

    public YaraRuleLocations(ReadOnlySpan<byte> source) => Read(source);

    /// <summary>Rules found.</summary>
    public int Count => _rules.Count;

    /// <summary>Modules imported, with the line of each import.</summary>
    public IReadOnlyList<(string Module, int Line)> Imports => _imports;

    /// <summary>The line, counted from 1, on which the rule's name stands; 0 when there is no such rule.</summary>
    public int LineOf(string rule) => _rules.GetValueOrDefault(rule);

    private void Read(ReadOnlySpan<byte> source)
    {
        int line = 1;
        string before = "";
        for (int i = 0; i < source.Length;)
        {
            ReadOnlySpan<byte> rest = source[i..];
            int length;
            if (rest.StartsWith("//"u8))
            {
                length = rest.IndexOf((byte)'\n');
                length = length < 0 ? rest.Length : length;
            }
            else if (rest.StartsWith("/*"u8))
            {
                length = rest[2..].IndexOf("*/"u8);
                length = length < 0 ? rest.Length : length + 4;
            }
            else if (rest[0] is (byte)'"' or (byte)'/')
            {
                length = Quoted(rest);
                if (before == "import" && rest[0] == (byte)'"')
                    _imports.Add((Text(rest[1..Math.Max(1, length - 1)]), line));
                before = "";
            }
            else if (IsWord(rest[0]))
            {
                length = 1;
                while (length < rest.Length && IsWord(rest[length]))
                    length++;
                string word = Text(rest[..length]);
                if (before == "rule")
                    _rules.TryAdd(word, line);
                before = word;
            }
            else
            {
                length = 1;
            }

            line += rest[..length].Count((byte)'\n');
            i += length;
        }
    }

    /// <summary>Length of a string or regular expression, its delimiters included; it ends with its line at the latest.</summary>
    private static int Quoted(ReadOnlySpan<byte> text)
    {
        for (int i = 1; i < text.Length; i++)
        {
            if (text[i] == (byte)'\\')
                i++;
            else if (text[i] == text[0])
                return i + 1;
            else if (text[i] == (byte)'\n')
                return i;
        }

        return text.Length;
    }

    private static bool IsWord(byte b) => b == (byte)'_' || char.IsAsciiLetterOrDigit((char)b);

    private static string Text(ReadOnlySpan<byte> ascii) => System.Text.Encoding.UTF8.GetString(ascii);
}
