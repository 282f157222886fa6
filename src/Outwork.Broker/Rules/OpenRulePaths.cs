using Outwork.Contracts.Events;

namespace Outwork.Broker.Rules;

/// <summary>The paths that rules about opening files name. Immutable.</summary>
internal sealed class OpenRulePaths
{
    private readonly CompiledRule[] _rules;
    private readonly RuleIndex _index;
    private readonly bool _containsAll;

    public OpenRulePaths(CompiledRule[] rules)
    {
        var open = rules.Where(static r => r.Judges(EventKind.Open)).ToArray();
        IsEmpty = open.Length == 0;
        _containsAll = Array.Exists(open, static r => !r.HasPath);
        // Only the paths count: neither hash nor owner nor subject is known to whoever asks this.
        _rules = [.. open.Where(static r => r.HasPath).Select(static (r, i) => r.WithPathsOnly(i))];
        _index = new RuleIndex(_rules);
    }

    /// <summary>True when no rule is about opening files.</summary>
    public bool IsEmpty { get; }

    /// <summary>True when a rule may apply to a file at the path.</summary>
    public bool Contains(string path)
    {
        if (_containsAll || IsEmpty) return _containsAll;
        var search = new RuleSearch(_rules, new RuleQuery { Kind = EventKind.Open, Path = path }, int.MaxValue, wantsAll: false);
        _index.Search(path, default, ref search);
        return search.First != int.MaxValue;
    }
}
