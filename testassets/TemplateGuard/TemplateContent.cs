using System.Text.Json;
using System.Text.Json.Serialization;
using Outwork.Sdk;

namespace Outwork.TestAssets.TemplateGuard;

/// <summary>A file of content: instances of a template type, and how many fields that type is said to have.</summary>
internal sealed record TemplateContent
{
    public const string FileName = "template.json";

    public string Version { get; init; } = "";

    /// <summary>The template type that the instances were made for.</summary>
    public required ContentSchema Schema { get; init; }

    public required TemplateInstance[] Instances { get; init; }

    /// <summary>Reads it and believes what it says of itself, as the content validator of July 19 did.</summary>
    public static TemplateContent? Read(string directory, out string fault)
    {
        fault = "";
        string path = Path.Join(directory, FileName);
        try
        {
            TemplateContent? content = JsonSerializer.Deserialize(File.ReadAllBytes(path), TemplateJson.Default.TemplateContent);
            foreach (TemplateInstance instance in content?.Instances ?? [])
            {
                if (instance.Match.Length != content!.Schema.Fields)
                    fault = $"{FileName}: instance {instance.Name} has {instance.Match.Length} fields, and its type {content.Schema.Fields}";
                else if (instance.Then is { } then && Array.FindIndex(content.Instances, other => other.Name == then) < 0)
                    fault = $"{FileName}: instance {instance.Name}: there is no instance {then}";
            }

            return fault.Length == 0 ? content : null;
        }
        catch (Exception wrong) when (wrong is JsonException or IOException or UnauthorizedAccessException)
        {
            fault = $"{FileName}: {wrong.Message}";
            return null;
        }
    }
}

/// <summary>One instance.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Match">A pattern for each field; <c>*</c> matches without a look at the field.</param>
/// <param name="Action">When all match: <c>deny</c>, <c>allow</c> or <c>go</c>, which goes on with <paramref name="Then"/>.</param>
/// <param name="Then">The instance to go on with.</param>
internal sealed record TemplateInstance(string Name, string[] Match, string Action = "allow", string? Then = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TemplateContent))]
internal sealed partial class TemplateJson : JsonSerializerContext;
