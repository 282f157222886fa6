using System.Globalization;
using Outwork.Broker.Rules;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Policy.Yaml;

namespace Outwork.Policy.Reading;

/// <summary>Reads a rule's conditions.</summary>
internal sealed class MatchReader(NodeReader nodes, IUserDirectory users)
{
    private static readonly string[] Keys = ["kind", "via", "path", "sha256", "owner", "user", "parent"];
    private static readonly string[] EmptyComponents = ["//", "/./", "/../"];
    private static readonly System.Buffers.SearchValues<char> Hexadecimal = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    public RuleMatch Read(YamlNode node)
    {
        if (nodes.Mapping(node, "match", Keys) is not { } entries) return new RuleMatch();
        var match = new RuleMatch
        {
            Kinds = entries.TryGetValue("kind", out var kind) ? nodes.Words(kind, "kind", PolicyWords.Kinds) : [],
            Via = entries.TryGetValue("via", out var via) ? nodes.Words(via, "via", PolicyWords.Vias) : [],
            Paths = entries.TryGetValue("path", out var path) ? Patterns(path, "path") : [],
            Sha256 = entries.TryGetValue("sha256", out var sha256) ? Hashes(sha256) : [],
            Owners = entries.TryGetValue("owner", out var owner) ? Users(owner, "owner") : [],
            Users = entries.TryGetValue("user", out var user) ? Users(user, "user") : [],
            Parents = entries.TryGetValue("parent", out var parent) ? Patterns(parent, "parent") : [],
        };
        if (via is not null && match.Kinds.Length != 0 && !match.Kinds.Contains(EventKind.Exec))
            nodes.Fault(via, "via says how code comes to run; it has no meaning with 'kind: open'");
        if (match.Via.Contains(ExecVia.Memory))
        {
            foreach (string key in (string[])["path", "sha256", "owner", "parent"])
            {
                if (entries.TryGetValue(key, out var condition))
                    nodes.Fault(condition, $"a rule with 'via: memory' has no {key} condition: it is decided in the kernel, which knows the user only");
            }
        }
        return match;
    }

    private string[] Patterns(YamlNode node, string what)
    {
        var patterns = new List<string>();
        foreach (var text in nodes.Texts(node, what))
        {
            if (FaultOf(text.Value) is { } fault) nodes.Fault(text, $"the {what} pattern '{Quoting.Shorten(text.Value)}' {fault}");
            else patterns.Add(text.Value);
        }
        return [.. patterns];
    }

    private static string? FaultOf(string pattern)
    {
        if (Glob.TryParse(pattern, out string fault) is not { } glob) return "is not valid: " + Quoting.Shorten(fault);
        if (!glob.IsAbsolute) return "is not absolute: it begins with '/'";
        if (pattern.EndsWith('/')) return $"names a directory, which is neither run nor opened: write '{Quoting.Shorten(pattern)}**' for what is in it";
        return Array.Exists(EmptyComponents, part => pattern.Contains(part)) || pattern.EndsWith("/.", StringComparison.Ordinal) || pattern.EndsWith("/..", StringComparison.Ordinal)
            ? "never matches: paths of events have no empty component, '.' or '..'"
            : null;
    }

    private string[] Hashes(YamlNode node)
    {
        var hashes = new List<string>();
        foreach (var text in nodes.Texts(node, "sha256"))
        {
            string value = text.Value;
            if (value.Length != 64) nodes.Fault(text, $"'{Quoting.Shorten(value)}' is no SHA-256: it has {value.Length} characters, not 64");
            else if (value.AsSpan().IndexOfAnyExcept(Hexadecimal) is >= 0 and var bad)
                nodes.Fault(text, $"'{Quoting.Shorten(value)}' is no SHA-256: character {bad + 1} is not a hexadecimal digit");
            else hashes.Add(value.ToLowerInvariant());
        }
        return [.. hashes];
    }

    private uint[] Users(YamlNode node, string what)
    {
        var ids = new List<uint>();
        foreach (var text in nodes.Texts(node, what))
        {
            bool isNumber = text.Value.Length != 0 && text.Value.All(char.IsAsciiDigit);
            if (!isNumber && users.FindUserId(text.Value) is { } known) ids.Add(known);
            else if (!isNumber) nodes.Fault(text, $"this machine has no user '{Quoting.Shorten(text.Value)}'; a name or a user id is expected");
            // The highest number is the kernel's "no user".
            else if (uint.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != uint.MaxValue) ids.Add(id);
            else nodes.Fault(text, $"'{Quoting.Shorten(text.Value)}' is no user id: the highest is {uint.MaxValue - 1}");
        }
        return [.. ids];
    }
}
