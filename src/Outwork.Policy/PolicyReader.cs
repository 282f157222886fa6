using System.Text;
using Outwork.Contracts.Policy;
using Outwork.Policy.Reading;
using Outwork.Policy.Yaml;

namespace Outwork.Policy;

/// <summary>
/// Reads policies written in YAML; docs/policy.md describes the language. Pure but for the user directory, safe from any thread.
/// The text is hostile: whatever it is, the answer is a result and never an exception.
/// </summary>
public static class PolicyReader
{
    /// <summary>Bytes of UTF-8 that a policy may have.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private static readonly string[] Keys = ["version", "default", "rules"];

    /// <summary>Reads a policy and checks all of it; what the result holds can be compiled.</summary>
    /// <param name="yamlText">The text.</param>
    /// <param name="sourceName">Where it came from, usually a file's name; for messages.</param>
    /// <param name="users">Resolves the names of users.</param>
    public static PolicyReadResult Read(string yamlText, string sourceName, IUserDirectory users)
    {
        var faults = new FaultList();
        var document = yamlText.Length > MaxBytes || Encoding.UTF8.GetByteCount(yamlText) > MaxBytes
            ? TooLarge(faults)
            : new YamlTreeBuilder(faults).Build(yamlText) is { } root ? Document(root, faults, users) : null;
        return new PolicyReadResult(sourceName, document, faults.ToArray());
    }

    private static PolicyDocument? TooLarge(FaultList faults)
    {
        faults.Add(new TextPosition(1, 1), $"the policy is larger than {MaxBytes / (1024 * 1024)} MiB");
        return null;
    }

    private static PolicyDocument? Document(YamlNode root, FaultList faults, IUserDirectory users)
    {
        var nodes = new NodeReader(faults);
        if (nodes.Mapping(root, "a policy", Keys) is not { } entries) return null;
        if (!entries.TryGetValue("version", out var version)) nodes.Fault(root, "the policy has no version; it begins with 'version: 1'");
        else if (nodes.Text(version, "version") is { Value: not "1" } other) nodes.Fault(other, $"version '{Quoting.Shorten(other.Value)}' is not known; this is version 1");
        return new PolicyDocument
        {
            Default = entries.TryGetValue("default", out var byDefault) ? Default(byDefault, nodes) : RuleAction.Allow,
            Rules = entries.TryGetValue("rules", out var rules) ? Rules(rules, nodes, users) : [],
        };
    }

    private static RuleAction Default(YamlNode node, NodeReader nodes)
    {
        if (node is not (YamlMapping or YamlScalar { Value: "ask" })) return nodes.Word(node, "default", PolicyWords.Actions) ?? RuleAction.Allow;
        nodes.Fault(node, "the default is allow or deny; to ask a product about everything, end the rules with one that has no match");
        return RuleAction.Allow;
    }

    private static PolicyRule[] Rules(YamlNode node, NodeReader nodes, IUserDirectory users)
    {
        if (node is not YamlSequence list)
        {
            nodes.Fault(node, $"rules is a list; found {node.Kind}");
            return [];
        }
        var reader = new RuleReader(nodes, users);
        return [.. list.Items.Select(reader.Read).OfType<PolicyRule>()];
    }
}
