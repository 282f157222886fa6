namespace Outwork.Broker.Rules;

/// <summary>
/// Finds the patterns that may match a path by the literal text they begin with. The distinct prefixes stand in order, each with
/// a link to the longest other one that it begins with. The last prefix not behind the path in this order begins with the longest
/// one that the path begins with (whatever lies between a text and its own beginning begins with it too), so one binary search and
/// a walk along the links finds them all, without a node per character. Immutable.
/// </summary>
internal sealed class GlobIndex
{
    private readonly string[] _prefixes;
    private readonly int[] _shorter;
    private readonly Entry[][] _entries;

    /// <summary>A pattern and the rule it belongs to.</summary>
    internal readonly record struct Entry(Glob Glob, int Rule);

    public GlobIndex(IEnumerable<Entry> entries)
    {
        var groups = entries.GroupBy(static e => e.Glob.LiteralPrefix, StringComparer.Ordinal).OrderBy(static g => g.Key, StringComparer.Ordinal).ToArray();
        _prefixes = [.. groups.Select(static g => g.Key)];
        _entries = [.. groups.Select(static g => g.OrderBy(static e => e.Rule).ToArray())];
        _shorter = new int[_prefixes.Length];
        for (int i = 0; i < _prefixes.Length; i++)
        {
            int candidate = i - 1;
            while (candidate >= 0 && !_prefixes[i].StartsWith(_prefixes[candidate], StringComparison.Ordinal)) candidate = _shorter[candidate];
            _shorter[i] = candidate;
        }
    }

    /// <summary>Offers the rules with a pattern that matches; a rule may be offered twice.</summary>
    public void Search(ReadOnlySpan<char> path, ref RuleSearch search)
    {
        int at = LastNotBehind(path, ref search);
        while (at >= 0 && !path.StartsWith(_prefixes[at], StringComparison.Ordinal))
        {
            at = _shorter[at];
            search.Visited++;
        }
        for (; at >= 0; at = _shorter[at])
        {
            foreach (ref readonly var entry in _entries[at].AsSpan())
            {
                search.Visited++;
                if (!search.MayMatter(entry.Rule)) break;
                if (search.IsAbout(entry.Rule) && entry.Glob.IsMatch(path)) search.Consider(entry.Rule);
            }
        }
    }

    private int LastNotBehind(ReadOnlySpan<char> path, ref RuleSearch search)
    {
        int low = 0, high = _prefixes.Length - 1;
        while (low <= high)
        {
            search.Visited++;
            int middle = (low + high) >>> 1;
            if (_prefixes[middle].AsSpan().SequenceCompareTo(path) <= 0) low = middle + 1;
            else high = middle - 1;
        }
        return high;
    }
}
