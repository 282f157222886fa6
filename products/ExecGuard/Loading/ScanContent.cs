using Outwork.Products.ExecGuard.Lists;
using Outwork.Products.ExecGuard.Rules;

namespace Outwork.Products.ExecGuard.Loading;

/// <summary>
/// One complete, immutable set of lists and rules, in native memory. Born with one reference, its maker's; freed when the
/// last reference is released, so that a running scan keeps what it scans with. Thread-safe.
/// </summary>
internal sealed class ScanContent(string version, int scanLimit, IReadOnlyList<HashList> deny, IReadOnlyList<HashList> allow, YaraRuleSet? rules)
{
    private int _references = 1;

    /// <summary>For people.</summary>
    public string Version => version;

    /// <summary>Files larger than this are only hashed, bytes.</summary>
    public int ScanLimit => scanLimit;

    /// <summary>The rules, or null when there are none.</summary>
    public YaraRuleSet? Rules => rules;

    /// <summary>True when a file's hash can matter.</summary>
    public bool HasHashes { get; } = deny.Any(list => list.Count > 0) || allow.Any(list => list.Count > 0);

    /// <summary>True once the last reference was released.</summary>
    public bool IsFreed => Volatile.Read(ref _references) == 0;

    /// <summary>What it holds, for people.</summary>
    public string Summary { get; } = Summarize(deny, allow, rules);

    /// <summary>Where the digest stands among those denied, or null.</summary>
    public HashListHit? FindDenied(in Sha256Digest digest) => Find(deny, digest);

    /// <summary>Where the digest stands among those allowed, or null.</summary>
    public HashListHit? FindAllowed(in Sha256Digest digest) => Find(allow, digest);

    /// <summary>Takes a reference; false when it is too late.</summary>
    public bool TryAddReference()
    {
        int references = Volatile.Read(ref _references);
        while (references > 0)
        {
            int seen = Interlocked.CompareExchange(ref _references, references + 1, references);
            if (seen == references)
                return true;
            references = seen;
        }

        return false;
    }

    /// <summary>Gives a reference back; the last one frees.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _references) != 0)
            return;
        rules?.Dispose();
        foreach (HashList list in deny)
            list.Dispose();
        foreach (HashList list in allow)
            list.Dispose();
    }

    private static HashListHit? Find(IReadOnlyList<HashList> lists, in Sha256Digest digest)
    {
        for (int i = 0; i < lists.Count; i++)
        {
            uint line = lists[i].Find(digest);
            if (line > 0)
                return new HashListHit(lists[i].Name, line);
        }

        return null;
    }

    private static string Summarize(IReadOnlyList<HashList> deny, IReadOnlyList<HashList> allow, YaraRuleSet? rules)
    {
        string scanned = rules is null
            ? "no YARA rules"
            : $"{rules.RuleCount} YARA rule{(rules.RuleCount == 1 ? "" : "s")} in {rules.FileCount} file{(rules.FileCount == 1 ? "" : "s")}";
        return $"{scanned}, {deny.Sum(list => list.Count)} denied and {allow.Sum(list => list.Count)} allowed hashes";
    }
}

/// <summary>Where a digest stands.</summary>
/// <param name="List">The list's name.</param>
/// <param name="Line">Counted from 1.</param>
internal readonly record struct HashListHit(string List, uint Line);
