using Outwork.Policy.Yaml;

namespace Outwork.Policy.Reading;

/// <summary>Takes values out of nodes; what is not as expected becomes a fault and an absent value, so that reading goes on.</summary>
internal sealed class NodeReader(FaultList faults)
{
    public void Fault(YamlNode at, string message)
    {
        if (at is not YamlRefused) faults.Add(at.Position, message);
    }

    /// <summary>The entries of a mapping by key; unknown and repeated keys are faults. Null when it is no mapping.</summary>
    public Dictionary<string, YamlNode>? Mapping(YamlNode node, string what, string[] known)
    {
        if (node is not YamlMapping mapping)
        {
            Fault(node, $"{what} is a mapping with the keys {Suggestion.List(known)}; found {node.Kind}");
            return null;
        }
        var entries = new Dictionary<string, YamlNode>();
        foreach (var (keyNode, value) in mapping.Entries)
        {
            if (keyNode is not YamlScalar key) Fault(keyNode, $"a key is a word; found {keyNode.Kind}");
            else if (!known.Contains(key.Value)) Fault(key, $"{what} has no key '{Quoting.Shorten(key.Value)}'{Suggestion.For(key.Value, known)}");
            else if (!entries.TryAdd(key.Value, value)) Fault(key, $"the key '{key.Value}' is here a second time");
        }
        return entries;
    }

    /// <summary>Text.</summary>
    public YamlScalar? Text(YamlNode node, string what)
    {
        if (node is YamlScalar { IsNull: false } scalar && IsWellFormed(scalar)) return scalar;
        if (node is YamlScalar { IsNull: false }) Fault(node, $"{what} contains a NUL or half of a surrogate pair");
        else Fault(node, $"{what} is text; found {node.Kind}");
        return null;
    }

    /// <summary>A value, or a list of values. An empty list is a fault: a condition without values would hold always.</summary>
    public IEnumerable<YamlScalar> Texts(YamlNode node, string what)
    {
        if (node is not YamlSequence list)
        {
            if (Text(node, what) is { } single) yield return single;
            yield break;
        }
        if (list.Items.Count == 0) Fault(list, $"{what} is an empty list; leave the key out when it does not matter");
        foreach (var item in list.Items)
        {
            if (Text(item, what) is { } text) yield return text;
        }
    }

    /// <summary>One of the language's words.</summary>
    public T? Word<T>(YamlNode node, string what, (string Word, T Value)[] words)
        where T : struct, Enum
    {
        if (Text(node, what) is not { } text) return null;
        foreach (var (word, value) in words)
        {
            if (word == text.Value) return value;
        }
        Fault(text, $"'{Quoting.Shorten(text.Value)}' is no {what}{Suggestion.For(text.Value, Array.ConvertAll(words, static w => w.Word))}");
        return null;
    }

    /// <summary>One or several of the language's words.</summary>
    public T[] Words<T>(YamlNode node, string what, (string Word, T Value)[] words)
        where T : struct, Enum
    {
        var values = new List<T>();
        foreach (var text in Texts(node, what))
        {
            if (Word(text, what, words) is not { } value) continue;
            if (values.Contains(value)) Fault(text, $"'{text.Value}' is here a second time");
            else values.Add(value);
        }
        return [.. values];
    }

    // What is not well-formed UTF-16 cannot come from a file and could not be written to one.
    private static bool IsWellFormed(YamlScalar scalar)
    {
        string text = scalar.Value;
        if (!text.AsSpan().ContainsAnyInRange('\ud800', '\udfff')) return !text.Contains('\0');
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return !text.Contains('\0');
    }
}
