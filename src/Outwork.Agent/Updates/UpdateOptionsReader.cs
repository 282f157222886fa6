using System.Globalization;
using Outwork.Content.Packages;
using Outwork.Content.Trials;
using Outwork.Contracts.Control;
using Outwork.Policy.Reading;
using Outwork.Policy.Yaml;

namespace Outwork.Agent.Updates;

/// <summary>Reads the administrator's file on updates: YAML, docs/publish-content.md. Every fault is told with its place.</summary>
internal static class UpdateOptionsReader
{
    private static readonly string[] Keys = ["version", "repository", "root", "everySeconds", "products"];
    private static readonly string[] ProductKeys = ["target", "onTrialSeconds", "trial"];
    private static readonly string[] TrialKeys =
        ["questions", "liveSeconds", "liveEvents", "deadlineMilliseconds", "startSeconds", "replaySeconds", "missedDeadlines", "newlyDenied", "notJudged", "userFiles", "memoryGrowthPercent", "memoryGrowthMiB"];

    /// <summary>The options; null when there are faults.</summary>
    /// <param name="text">YAML.</param>
    /// <param name="folder">Where relative paths begin, and end: the file's folder, of which a confined process sees a mount.</param>
    /// <param name="faults">All faults.</param>
    public static UpdateOptions? Read(string text, string folder, out PolicyFault[] faults)
    {
        var found = new FaultList();
        UpdateOptions? options = new YamlTreeBuilder(found).Build(text) is { } root ? Document(root, folder, new NodeReader(found)) : null;
        faults = found.ToArray();
        return found.IsEmpty ? options : null;
    }

    private static UpdateOptions? Document(YamlNode root, string folder, NodeReader nodes)
    {
        if (nodes.Mapping(root, "the file", Keys) is not { } entries)
            return null;
        if (Required(entries, "version", root, nodes) is { Value: not "1" } other)
            nodes.Fault(other, "this is version 1");
        YamlScalar? repository = Required(entries, "repository", root, nodes);
        YamlScalar? trusted = Required(entries, "root", root, nodes);
        int every = Number(entries, "everySeconds", 900, 1, 7 * 24 * 3600, nodes);
        var products = new List<FollowedProduct>();
        if (!entries.TryGetValue("products", out YamlNode? list))
            nodes.Fault(root, "products is missing: a mapping from a product's name to its target");
        else if (list is YamlMapping mapping)
            ReadProducts(mapping, products, nodes);
        else
            nodes.Fault(list, $"products is a mapping from a product's name to its target; found {list.Kind}");
        return repository is null || trusted is null ? null : new UpdateOptions
        {
            Repository = Location(repository, folder, nodes),
            Root = TrustedRoot.Read(trusted, folder, nodes),
            Every = TimeSpan.FromSeconds(every),
            Products = products,
        };
    }

    private static void ReadProducts(YamlMapping mapping, List<FollowedProduct> products, NodeReader nodes)
    {
        foreach ((YamlNode key, YamlNode value) in mapping.Entries)
        {
            if (key is not YamlScalar { Value: { Length: > 0 } name } || !name.All(static c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
                nodes.Fault(key, "a product's name is of a-z, 0-9 and '-'");
            else if (products.Exists(product => product.Name == name))
                nodes.Fault(key, $"{name} is here a second time");
            else if (nodes.Mapping(value, $"product {name}", ProductKeys) is { } entries)
                products.Add(ReadProduct(name, value, entries, nodes));
        }
    }

    // All of it, whatever is wrong before: each fault is told.
    private static FollowedProduct ReadProduct(string name, YamlNode product, Dictionary<string, YamlNode> entries, NodeReader nodes) => new(
        name, Required(entries, "target", product, nodes)?.Value, Limits(entries, nodes),
        Number(entries, "onTrialSeconds", CommitConditions.DefaultSeconds, 0, 30 * 24 * 3600, nodes));

    private static TrialLimits Limits(Dictionary<string, YamlNode> product, NodeReader nodes)
    {
        TrialLimits by = TrialLimits.Default;
        if (!product.TryGetValue("trial", out YamlNode? node) || nodes.Mapping(node, "trial", TrialKeys) is not { } entries)
            return by;
        int Limit(string key, int byDefault) => Number(entries, key, byDefault, 0, int.MaxValue, nodes);
        var limits = new TrialLimits
        {
            Questions = Limit("questions", by.Questions),
            LiveSeconds = Limit("liveSeconds", by.LiveSeconds),
            LiveEvents = Limit("liveEvents", by.LiveEvents),
            DeadlineMilliseconds = Limit("deadlineMilliseconds", by.DeadlineMilliseconds),
            StartSeconds = Limit("startSeconds", by.StartSeconds),
            ReplaySeconds = Limit("replaySeconds", by.ReplaySeconds),
            MissedDeadlines = Limit("missedDeadlines", by.MissedDeadlines),
            NewlyDenied = Limit("newlyDenied", by.NewlyDenied),
            NotJudged = Limit("notJudged", by.NotJudged),
            UserFiles = Limit("userFiles", by.UserFiles),
            MemoryGrowthPercent = Limit("memoryGrowthPercent", by.MemoryGrowthPercent),
            MemoryGrowthMiB = Limit("memoryGrowthMiB", by.MemoryGrowthMiB),
        };
        foreach (Contracts.Products.ManifestFault fault in limits.FindFaults())
            nodes.Fault(entries.GetValueOrDefault(fault.Field, node), fault.ToString());
        return limits;
    }

    private static string Location(YamlScalar node, string folder, NodeReader nodes)
    {
        if (!node.Value.Contains("://", StringComparison.Ordinal))
            return NamedPath.Resolve(node, folder, "repository", nodes) ?? "";
        if (!Uri.TryCreate(node.Value, UriKind.Absolute, out Uri? address) || (address.Scheme != Uri.UriSchemeHttps && address.Scheme != Uri.UriSchemeHttp))
            nodes.Fault(node, "the repository is an address of https or http, or a path");
        return node.Value;
    }

    private static YamlScalar? Required(Dictionary<string, YamlNode> entries, string key, YamlNode parent, NodeReader nodes)
    {
        if (entries.TryGetValue(key, out YamlNode? node))
            return nodes.Text(node, key);
        nodes.Fault(parent, $"{key} is missing");
        return null;
    }

    private static int Number(Dictionary<string, YamlNode> entries, string key, int byDefault, int least, int most, NodeReader nodes)
    {
        if (!entries.TryGetValue(key, out YamlNode? node) || nodes.Text(node, key) is not { } text)
            return byDefault;
        if (int.TryParse(text.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most)
            return number;
        nodes.Fault(text, $"{key} is a number from {least} to {most}");
        return byDefault;
    }
}
