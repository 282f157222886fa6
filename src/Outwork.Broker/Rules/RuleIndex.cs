using System.Runtime.InteropServices;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Rules;

/// <summary>
/// Finds the rules that may match without looking at the others: plain paths and hashes by themselves, patterns by the text
/// they begin with. Only rules that name neither are looked at one by one. Rules are named by their position. Immutable.
/// </summary>
internal sealed class RuleIndex
{
    private readonly Dictionary<string, int[]> _paths = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _pathLookup;
    private readonly GlobIndex _globs;
    private readonly Sha256Index _hashes;
    private readonly CompiledRule[] _awaitingHash;
    private readonly int[] _others;

    /// <summary>Of some of the rules, in their order.</summary>
    public RuleIndex(IEnumerable<CompiledRule> rules)
    {
        var globs = new List<GlobIndex.Entry>();
        var hashes = new List<(Sha256Key, int)>();
        var hashOnly = new List<CompiledRule>();
        var others = new List<int>();
        foreach (var rule in rules)
        {
            foreach (var glob in rule.Paths)
            {
                if (glob.IsLiteral) AddPath(glob.LiteralPrefix, rule.Index);
                else globs.Add(new GlobIndex.Entry(glob, rule.Index));
            }
            if (rule.HasPath) continue;
            if (rule.HasHash) hashOnly.Add(rule);
            else others.Add(rule.Index);
            foreach (var hash in rule.IndexedHashes) hashes.Add((hash, rule.Index));
        }
        _pathLookup = _paths.GetAlternateLookup<ReadOnlySpan<char>>();
        _globs = new GlobIndex(globs);
        _hashes = new Sha256Index(hashes);
        // While a file's hash is not known, of the rules that apply to the same files only the first is of interest.
        _awaitingHash = [.. hashOnly.DistinctBy(static r => r.ObjectKey)];
        _others = [.. others];
    }

    /// <summary>Offers every rule that may match and may still matter.</summary>
    public void Search(ReadOnlySpan<char> path, ReadOnlySpan<byte> hash, ref RuleSearch search)
    {
        search.Visited++;
        if (_pathLookup.TryGetValue(path, out int[]? exact)) Offer(exact, ref search);
        if (!hash.IsEmpty) _hashes.Search(hash, ref search);
        else AwaitHash(ref search);
        _globs.Search(path, ref search);
        Offer(_others, ref search);
    }

    private static void Offer(int[] rules, ref RuleSearch search)
    {
        foreach (int rule in rules)
        {
            if (!search.MayMatter(rule)) return;
            search.Visited++;
            search.Consider(rule);
        }
    }

    private void AwaitHash(ref RuleSearch search)
    {
        foreach (var rule in _awaitingHash)
        {
            if (!search.MayMatter(rule.Index)) return;
            search.Visited++;
            search.Consider(rule.Index);
        }
    }

    private void AddPath(string path, int rule)
    {
        ref int[]? rules = ref CollectionsMarshal.GetValueRefOrAddDefault(_paths, path, out _);
        if (rules is null) rules = [rule];
        else if (rules[^1] != rule) rules = [.. rules, rule];
    }
}
