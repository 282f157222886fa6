using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>One rule with its conditions in the form in which they are tested. Immutable.</summary>
internal sealed class CompiledRule
{
    private const uint FileWays = 1u << (int)ExecVia.Direct | 1u << (int)ExecVia.Script | 1u << (int)ExecVia.Loader | 1u << (int)ExecVia.Library;

    private readonly uint _kinds, _via;
    private readonly uint[] _owners, _users;
    private readonly Glob[] _parents;
    // Only with a path: the hashes of other rules are in the index alone.
    private readonly Sha256Key[] _hashes;

    private CompiledRule(PolicyRule rule, int index, Glob[] paths, Glob[] parents, Sha256Key[] hashes)
    {
        (Rule, Index, Paths, _parents) = (rule, index, paths, parents);
        _hashes = paths.Length != 0 ? hashes : [];
        _kinds = MaskOf(rule.Match.Kinds.Length == 0 ? [EventKind.Exec] : rule.Match.Kinds);
        _via = rule.Match.Via.Length == 0 ? ~(1u << (int)ExecVia.Memory) : rule.Match.Via.Aggregate(0u, static (mask, via) => mask | 1u << (int)via);
        _owners = Sorted(rule.Match.Owners);
        _users = Sorted(rule.Match.Users);
    }

    /// <summary>Compiles one rule.</summary>
    /// <exception cref="ArgumentException">It holds what the policy reader refuses.</exception>
    public static CompiledRule From(PolicyRule rule, int index)
    {
        RuleConsistency.Check(rule);
        var hashes = Array.ConvertAll(rule.Match.Sha256, h => KeyOf(rule, h));
        Array.Sort(hashes);
        return new CompiledRule(
            rule, index, Array.ConvertAll(rule.Match.Paths, p => Parse(rule, p)), Array.ConvertAll(rule.Match.Parents, p => Parse(rule, p)), hashes);
    }

    /// <summary>A rule at another position with the paths of this one and none of its other conditions.</summary>
    public CompiledRule WithPathsOnly(int index) =>
        new(new PolicyRule { Id = Rule.Id, Action = Rule.Action, Match = new RuleMatch { Kinds = Rule.Match.Kinds } }, index, Paths, [], []);

    /// <summary>True when it holds for some ways of running a file and not for others. Memory is no file.</summary>
    public bool DistinguishesVia => (_kinds & 1u << (int)EventKind.Exec) != 0 && (_via & FileWays) is not 0 and not FileWays;

    public PolicyRule Rule { get; }

    public int Index { get; }

    /// <summary>The paths' patterns.</summary>
    public Glob[] Paths { get; }

    /// <summary>The hashes by which the rule is found; none when it is found by its paths. Made anew each time.</summary>
    public IEnumerable<Sha256Key> IndexedHashes => HasPath ? [] : Rule.Match.Sha256.Select(h => KeyOf(Rule, h));

    public bool IsEnforced => Rule.Stage == RuleStage.Enforce;

    public bool HasPath => Paths.Length != 0;

    public bool HasHash => Rule.Match.Sha256.Length != 0;

    public bool HasSubject => _users.Length != 0 || _parents.Length != 0;

    /// <summary>Equal for rules that differ at most in path, hash and subject.</summary>
    public (uint Kinds, uint Via, string Owners) ObjectKey => (_kinds, _via, string.Join(',', _owners));

    public bool JudgesMemory => Rule.Match.Via.Contains(ExecVia.Memory);

    public bool Judges(EventKind kind) => (_kinds & 1u << (int)kind) != 0;

    /// <summary>Kind, way and owner.</summary>
    public bool IsAbout(in RuleQuery query) =>
        Judges(query.Kind)
        && (query.Kind == EventKind.Open || (_via & 1u << (int)query.Via) != 0)
        && (_owners.Length == 0 || Array.BinarySearch(_owners, query.Owner) >= 0);

    /// <summary>True when it allows for the path's sake.</summary>
    public bool TrustsPath => HasPath && Rule.Action == RuleAction.Allow;

    /// <summary>The hash, when the rule was not found by it.</summary>
    public bool MatchesHash(ReadOnlySpan<byte> hash) => _hashes.Length == 0 || Array.BinarySearch(_hashes, Sha256Key.From(hash)) >= 0;

    /// <summary>User and parent. Null: it depends on what is not known.</summary>
    public bool? MatchesSubject(in RuleQuery query)
    {
        bool? isUser = _users.Length == 0 ? true : query.User is { } user ? Array.BinarySearch(_users, user) >= 0 : null;
        if (isUser == false || _parents.Length == 0) return isUser;
        foreach (var glob in _parents)
        {
            if ((query.Executable is { } own && glob.IsMatch(own)) || (query.ParentExecutable is { } parent && glob.IsMatch(parent))) return isUser;
        }
        return query.Executable is null || query.ParentExecutable is null ? null : false;
    }

    private static Glob Parse(PolicyRule rule, string pattern) =>
        Glob.TryParse(pattern, out string fault) ?? throw new ArgumentException($"Rule '{rule.Id}', pattern '{pattern}': {fault}.");

    private static Sha256Key KeyOf(PolicyRule rule, string hash) =>
        Sha256Key.TryParse(hash, out var key) ? key : throw new ArgumentException($"Rule '{rule.Id}': '{hash}' is not a SHA-256 in hexadecimal.");

    private static uint MaskOf(EventKind[] kinds) => kinds.Aggregate(0u, static (mask, kind) => mask | 1u << (int)kind);

    private static uint[] Sorted(uint[] values)
    {
        if (values.Length < 2) return values;
        uint[] sorted = [.. values];
        Array.Sort(sorted);
        return sorted;
    }
}
