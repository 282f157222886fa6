namespace Outwork.Broker.Rules;

/// <summary>
/// Rules by the hash they name: two plain arrays, sorted, so that 100,000 hashes take 3.6 MB and a look takes 17 comparisons,
/// whatever hash somebody chooses. Immutable.
/// </summary>
internal sealed class Sha256Index
{
    private readonly Sha256Key[] _keys;
    private readonly int[] _rules;

    /// <summary>Takes the lists over: equal keys stay, each with its rule, in the order of the rules.</summary>
    public Sha256Index(List<(Sha256Key Key, int Rule)> entries)
    {
        entries.Sort(static (a, b) => a.Key.CompareTo(b.Key) is var order and not 0 ? order : a.Rule.CompareTo(b.Rule));
        _keys = new Sha256Key[entries.Count];
        _rules = new int[entries.Count];
        for (int i = 0; i < _keys.Length; i++) (_keys[i], _rules[i]) = entries[i];
    }

    /// <summary>Offers the rules that name the hash; a rule that names it twice is offered twice.</summary>
    public void Search(ReadOnlySpan<byte> hash, ref RuleSearch search)
    {
        if (_keys.Length == 0) return;
        var key = Sha256Key.From(hash);
        int low = 0, high = _keys.Length;
        while (low < high)
        {
            search.Visited++;
            int middle = (low + high) >>> 1;
            if (_keys[middle].CompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }
        for (; low < _keys.Length && _keys[low] == key && search.MayMatter(_rules[low]); low++)
        {
            search.Visited++;
            search.Consider(_rules[low]);
        }
    }
}
