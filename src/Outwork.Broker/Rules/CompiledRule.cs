using System.Collections.Frozen;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Rules;

/// <summary>One rule with its conditions in the form in which they are tested.</summary>
internal sealed class CompiledRule(PolicyRule rule, int index, Glob[] parents)
{
    private readonly uint _kinds = Mask(rule.Match.Kinds.Length == 0 ? [EventKind.Exec] : rule.Match.Kinds);
    private readonly uint _via = rule.Match.Via.Length == 0
        ? ~(1u << (int)ExecVia.Memory)
        : rule.Match.Via.Aggregate(0u, static (mask, via) => mask | 1u << (int)via);
    private readonly FrozenSet<uint> _owners = rule.Match.Owners.ToFrozenSet();
    private readonly FrozenSet<uint> _users = rule.Match.Users.ToFrozenSet();
    private readonly FrozenSet<Sha256Key> _hashes = rule.Match.Sha256.Select(h => Key(rule, h)).ToFrozenSet();

    public PolicyRule Rule => rule;

    public int Index => index;

    public bool IsEnforced => rule.Stage == RuleStage.Enforce;

    public bool HasHash => _hashes.Count != 0;

    public IEnumerable<Sha256Key> Hashes => _hashes;

    public bool HasPath => rule.Match.Paths.Length != 0;

    public bool HasSubject => _users.Count != 0 || parents.Length != 0;

    public bool Judges(EventKind kind) => (_kinds & 1u << (int)kind) != 0;

    /// <summary>Kind, way and owner; path and hash are the index's part.</summary>
    public bool MatchesObject(in RuleQuery query) =>
        Judges(query.Kind)
        && (query.Kind == EventKind.Open || (_via & 1u << (int)query.Via) != 0)
        && (_owners.Count == 0 || _owners.Contains(query.Owner));

    public bool MatchesHash(ReadOnlySpan<byte> hash) => _hashes.Contains(Sha256Key.From(hash));

    public bool MatchesSubject(in RuleQuery query)
    {
        if (_users.Count != 0 && (query.User is not { } user || !_users.Contains(user))) return false;
        if (parents.Length == 0) return true;
        foreach (var glob in parents)
        {
            if ((query.Executable is { } own && glob.IsMatch(own)) || (query.ParentExecutable is { } parent && glob.IsMatch(parent))) return true;
        }
        return false;
    }

    private static Sha256Key Key(PolicyRule rule, string hash) =>
        hash.Length == 64 && hash.AsSpan().IndexOfAnyExcept(System.Buffers.SearchValues.Create("0123456789abcdefABCDEF")) < 0
            ? Sha256Key.From(Convert.FromHexString(hash))
            : throw new ArgumentException($"Rule '{rule.Id}': '{hash}' is not a SHA-256 in hexadecimal.");

    private static uint Mask(EventKind[] kinds) => kinds.Aggregate(0u, static (mask, kind) => mask | 1u << (int)kind);
}
