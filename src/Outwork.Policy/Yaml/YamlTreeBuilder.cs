using Outwork.Policy.Reading;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Outwork.Policy.Yaml;

/// <summary>
/// Builds the tree of one YAML document from the parser's events, without recursion. Refuses what a policy does not need and an
/// attacker could use: anchors and aliases (a few lines that expand to billions of values), tags, several documents, deep nesting.
/// </summary>
internal sealed class YamlTreeBuilder(FaultList faults)
{
    internal const int MaxDepth = 16;
    internal const int MaxNodes = 1_000_000;

    private readonly Stack<Container> _open = new();
    private YamlNode? _root;
    private int _nodes, _documents;

    // A mapping being read holds the key that waits for its value.
    private sealed class Container(YamlNode node)
    {
        public YamlNode Node => node;

        public YamlNode? Key { get; set; }
    }

    /// <summary>The root; null when the text is empty or broken, with the fault recorded.</summary>
    public YamlNode? Build(string text)
    {
        var at = new TextPosition(1, 1);
        try
        {
            var parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
            while (parser.MoveNext())
            {
                var current = parser.Current!;
                at = PositionOf(current.Start);
                if (!Take(current, at)) return null;
            }
        }
        catch (YamlException e)
        {
            faults.Add(Within(text, PositionOf(e.Start)), "not YAML: " + Quoting.Shorten(e.InnerException?.Message ?? e.Message));
            return null;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // YamlDotNet 16.3 lets these escape from its scanner for some broken input; to the reader they are broken input too.
            faults.Add(at, "not YAML after this place");
            return null;
        }
        if (_root is null && faults.IsEmpty) faults.Add(new TextPosition(1, 1), "the policy is empty; it begins with 'version: 1'");
        return _root;
    }

    // False: reading on is pointless.
    private bool Take(ParsingEvent current, TextPosition at)
    {
        switch (current)
        {
            case DocumentStart when ++_documents > 1:
                faults.Add(at, "a policy is one YAML document; a second one begins here");
                return false;
            case AnchorAlias alias:
                faults.Add(at, $"'*{Quoting.Shorten(alias.Value.Value)}' is a YAML alias, which policies do not have; put text that begins with '*' in quotes");
                return Place(new YamlRefused(at));
            case Scalar scalar:
                Refuse(scalar, at);
                return Place(new YamlScalar(at, scalar.Value, scalar.Style == ScalarStyle.Plain));
            case SequenceStart start:
                Refuse(start, at);
                return Enter(new YamlSequence(at));
            case MappingStart start:
                Refuse(start, at);
                return Enter(new YamlMapping(at));
            case SequenceEnd or MappingEnd:
                _open.Pop();
                return true;
            default:
                return true;
        }
    }

    private void Refuse(NodeEvent node, TextPosition at)
    {
        if (!node.Anchor.IsEmpty) faults.Add(at, $"'&{Quoting.Shorten(node.Anchor.Value)}' is a YAML anchor, which policies do not have");
        if (!node.Tag.IsEmpty) faults.Add(at, "a YAML tag ('!...'), which policies do not have; put text that begins with '!' in quotes");
    }

    private bool Enter(YamlNode container)
    {
        if (!Place(container)) return false;
        if (_open.Count == MaxDepth)
        {
            faults.Add(container.Position, $"nested deeper than {MaxDepth} levels");
            return false;
        }
        _open.Push(new Container(container));
        return true;
    }

    private bool Place(YamlNode node)
    {
        if (++_nodes > MaxNodes)
        {
            faults.Add(node.Position, $"more than {MaxNodes} values");
            return false;
        }
        if (!_open.TryPeek(out var parent)) _root = node;
        else if (parent.Node is YamlSequence sequence) sequence.Items.Add(node);
        else if (parent.Key is null) parent.Key = node;
        else
        {
            ((YamlMapping)parent.Node).Entries.Add((parent.Key, node));
            parent.Key = null;
        }
        return true;
    }

    // The parser puts the end of the text on a line behind the last.
    private static TextPosition Within(string text, TextPosition at)
    {
        int lines = 1, begin = 0;
        for (int i = 0; i < text.Length; i++)
        {
            // YAML's line breaks, as the parser counts them.
            if (text[i] is not ('\n' or '\r' or '\u0085' or '\u2028' or '\u2029') || (text[i] == '\r' && i + 1 < text.Length && text[i + 1] == '\n')) continue;
            lines++;
            begin = i + 1;
        }
        return at.Line <= lines ? at : new TextPosition(lines, text.Length - begin + 1);
    }

    private static TextPosition PositionOf(in Mark mark) => new((int)Math.Max(mark.Line, 1), (int)Math.Max(mark.Column, 1));
}
