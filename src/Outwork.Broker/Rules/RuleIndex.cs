using System.Collections.Frozen;

namespace Outwork.Broker.Rules;

/// <summary>
/// Finds the rules that may match a path or a hash without looking at the others: exact paths and hashes by dictionary, globs
/// by the directory that all their matches lie in. Rules are named by their position; each list is ascending.
/// </summary>
internal sealed class RuleIndex
{
    private readonly FrozenDictionary<string, int[]> _paths;
    private readonly FrozenDictionary<string, (Glob Glob, int Rule)[]> _globs;
    private readonly FrozenDictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> _pathLookup;
    private readonly FrozenDictionary<string, (Glob Glob, int Rule)[]>.AlternateLookup<ReadOnlySpan<char>> _globLookup;
    private readonly FrozenDictionary<Sha256Key, int[]> _hashes;

    public RuleIndex(
        IEnumerable<(string Path, int Rule)> paths, IEnumerable<(Glob Glob, int Rule)> globs, IEnumerable<(Sha256Key Hash, int Rule)> hashes)
    {
        _paths = paths.GroupBy(static p => p.Path, StringComparer.Ordinal)
            .ToFrozenDictionary(static g => g.Key, static g => g.Select(static p => p.Rule).Distinct().Order().ToArray(), StringComparer.Ordinal);
        _globs = globs.GroupBy(static g => DirectoryOf(g.Glob.LiteralPrefix), StringComparer.Ordinal)
            .ToFrozenDictionary(static g => g.Key, static g => g.OrderBy(static x => x.Rule).ToArray(), StringComparer.Ordinal);
        _pathLookup = _paths.GetAlternateLookup<ReadOnlySpan<char>>();
        _globLookup = _globs.GetAlternateLookup<ReadOnlySpan<char>>();
        _hashes = hashes.GroupBy(static h => h.Hash).ToFrozenDictionary(static g => g.Key, static g => g.Select(static h => h.Rule).Distinct().Order().ToArray());
    }

    /// <summary>Number of entries looked at by the last call; for the test that cost does not grow with the number of rules.</summary>
    internal int Visited { get; private set; }

    /// <summary>Calls back for each rule with a path condition that the path meets; may name a rule twice.</summary>
    public void ForPath(ReadOnlySpan<char> path, ref RuleSearch search)
    {
        Visited = 0;
        if (_pathLookup.TryGetValue(path, out int[]? exact))
        {
            foreach (int rule in exact)
            {
                Visited++;
                search.Consider(rule);
            }
        }
        if (_globs.Count == 0) return;
        for (int end = path.Length; end >= 0; end = end == 0 ? -1 : Math.Max(path[..end].LastIndexOf('/'), 0))
        {
            if (!_globLookup.TryGetValue(end == path.Length ? path : path[..end], out var bucket)) continue;
            foreach (var (glob, rule) in bucket)
            {
                if (!search.MayImprove(rule)) break;
                Visited++;
                if (glob.IsMatch(path)) search.Consider(rule);
            }
        }
    }

    /// <summary>Calls back for each rule with only a hash condition that the hash meets.</summary>
    public void ForHash(ReadOnlySpan<byte> hash, ref RuleSearch search)
    {
        if (!_hashes.TryGetValue(Sha256Key.From(hash), out int[]? rules)) return;
        foreach (int rule in rules) search.Consider(rule);
    }

    // The part of a prefix before its last slash: whatever follows it may be anything.
    private static string DirectoryOf(string prefix) => prefix.LastIndexOf('/') is var slash and > 0 ? prefix[..slash] : "";
}
