using System.Globalization;
using Outwork.Broker.Verdicts;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;
using Outwork.Policy.Yaml;

namespace Outwork.Policy.Reading;

/// <summary>Reads rules; remembers their ids, which are unique in a policy.</summary>
internal sealed class RuleReader(NodeReader nodes, IUserDirectory users)
{
    internal const int MinDeadlineMs = 50, MaxDeadlineMs = 60_000;
    private const int MaxDescription = 1_000;
    private static readonly string[] Keys = ["id", "description", "match", "action", "stage", "deadline", "on-failure"];
    private readonly Dictionary<string, TextPosition> _ids = [];
    private readonly MatchReader _matches = new(nodes, users);

    public PolicyRule? Read(YamlNode node)
    {
        if (nodes.Mapping(node, "a rule", Keys) is not { } entries) return null;
        if (!entries.TryGetValue("id", out var idNode)) nodes.Fault(node, "the rule has no id");
        if (!entries.TryGetValue("action", out var actionNode)) nodes.Fault(node, "the rule has no action");
        var (action, products) = actionNode is null ? (null, []) : Action(actionNode);
        var rule = new PolicyRule
        {
            Id = idNode is null ? "" : Id(idNode),
            Action = action ?? RuleAction.Allow,
            Products = products,
            Description = entries.TryGetValue("description", out var description) ? Description(description) : "",
            Match = entries.TryGetValue("match", out var match) ? _matches.Read(match) : new RuleMatch(),
            Stage = entries.TryGetValue("stage", out var stage) ? nodes.Word(stage, "stage", PolicyWords.Stages) ?? RuleStage.Enforce : RuleStage.Enforce,
            DeadlineMs = entries.TryGetValue("deadline", out var deadline) ? Deadline(deadline) : 2_000,
            OnFailure = entries.TryGetValue("on-failure", out var failure) ? nodes.Word(failure, "on-failure", PolicyWords.Failures) ?? OnFailure.Open : OnFailure.Open,
        };
        if (actionNode is not null && action is not null && action != RuleAction.Deny && rule.Stage == RuleStage.Enforce && rule.Match.Via.Contains(ExecVia.Memory))
        {
            nodes.Fault(actionNode, "a rule with 'via: memory' in force can only deny: nothing can wait there for an answer, "
                + "and what no such rule denies is allowed; use stage audit or shadow to observe");
        }
        return rule;
    }

    private string Id(YamlNode node)
    {
        if (nodes.Text(node, "id") is not { } id) return "";
        if (!IsName(id.Value)) nodes.Fault(id, $"'{Quoting.Shorten(id.Value)}' is no id: 1 to 64 letters, digits, '-', '_' and '.', beginning with a letter or digit");
        else if (!_ids.TryAdd(id.Value, id.Position)) nodes.Fault(id, $"the id '{id.Value}' is also on line {_ids[id.Value].Line}");
        return id.Value;
    }

    private string Description(YamlNode node)
    {
        if (nodes.Text(node, "description") is not { } text) return "";
        if (text.Value.Length > MaxDescription) nodes.Fault(text, $"the description is longer than {MaxDescription} characters");
        else if (text.Value.Any(static c => char.IsControl(c) && c is not ('\n' or '\t'))) nodes.Fault(text, "the description contains control characters");
        return text.Value;
    }

    private (RuleAction? Action, string[] Products) Action(YamlNode node)
    {
        if (node is YamlMapping)
        {
            if (nodes.Mapping(node, "action", ["ask"]) is not { } entries) return (null, []);
            if (entries.TryGetValue("ask", out var ask)) return (RuleAction.Ask, Products(ask));
            nodes.Fault(node, "the action says nothing; expected allow, deny or 'ask: [PRODUCT]'");
            return (null, []);
        }
        if (node is YamlScalar { Value: "ask" })
        {
            nodes.Fault(node, "ask names the products to ask: 'ask: [PRODUCT]'");
            return (null, []);
        }
        return (nodes.Word(node, "action", PolicyWords.Actions), []);
    }

    private string[] Products(YamlNode node)
    {
        var products = new List<string>();
        foreach (var text in nodes.Texts(node, "ask"))
        {
            if (!IsName(text.Value)) nodes.Fault(text, $"'{Quoting.Shorten(text.Value)}' is no product's name");
            else if (products.Contains(text.Value)) nodes.Fault(text, $"the product '{text.Value}' is here a second time");
            else if (products.Count == VerdictEngineOptions.MaxProductsPerQuestion)
            {
                nodes.Fault(text, $"a rule asks at most {VerdictEngineOptions.MaxProductsPerQuestion} products");
                break;
            }
            else products.Add(text.Value);
        }
        return [.. products];
    }

    private int Deadline(YamlNode node)
    {
        if (nodes.Text(node, "deadline") is not { } text) return MaxDeadlineMs;
        string value = text.Value;
        int unit = value.EndsWith("ms", StringComparison.Ordinal) ? 1 : value.EndsWith('s') ? 1_000 : 0;
        var number = unit switch { 1 => value.AsSpan(0, value.Length - 2), 1_000 => value.AsSpan(0, value.Length - 1), _ => [] };
        if (unit == 0 || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int count))
        {
            nodes.Fault(text, $"'{Quoting.Shorten(value)}' is no deadline; expected a whole number and a unit, such as 500ms or 2s");
            return MaxDeadlineMs;
        }
        if ((long)count * unit is >= MinDeadlineMs and <= MaxDeadlineMs) return count * unit;
        nodes.Fault(text, $"the deadline {value} is out of range: {MinDeadlineMs}ms to {MaxDeadlineMs / 1_000}s");
        return MaxDeadlineMs;
    }

    private static bool IsName(string text) =>
        text.Length is >= 1 and <= 64 && char.IsAsciiLetterOrDigit(text[0]) && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
