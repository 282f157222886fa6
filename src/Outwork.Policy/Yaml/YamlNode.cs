namespace Outwork.Policy.Yaml;

/// <summary>A place in the text; both 1-based.</summary>
internal readonly record struct TextPosition(int Line, int Column);

/// <summary>A value with the place where it begins.</summary>
internal abstract class YamlNode(TextPosition position)
{
    public TextPosition Position => position;

    /// <summary>What it is, for "expected ..., found ...".</summary>
    public abstract string Kind { get; }
}

internal sealed class YamlScalar(TextPosition position, string value, bool isPlain) : YamlNode(position)
{
    public string Value => value;

    /// <summary>YAML's spellings of "nothing"; in quotes they are text.</summary>
    public bool IsNull => isPlain && (value is "" or "~" or "null");

    public override string Kind => IsNull ? "nothing" : $"'{Quoting.Shorten(value)}'";
}

internal sealed class YamlSequence(TextPosition position) : YamlNode(position)
{
    public List<YamlNode> Items { get; } = [];

    public override string Kind => "a list";
}

internal sealed class YamlMapping(TextPosition position) : YamlNode(position)
{
    public List<(YamlNode Key, YamlNode Value)> Entries { get; } = [];

    public override string Kind => "a mapping";
}

/// <summary>Stands where something was refused, which is told already: nothing more is said about it.</summary>
internal sealed class YamlRefused(TextPosition position) : YamlNode(position)
{
    public override string Kind => "something refused";
}
