using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outwork.Content.Trials;

/// <summary>A line from the trial: progress once a second at least, and one result.</summary>
public sealed record TrialReport
{
    /// <summary>The longest line of either direction without its end, bytes.</summary>
    public const int LongestLine = 256 * 1024;

    // In a line that would be too long. A character takes six bytes at most.
    private const int LongestText = 8 * 1024;

    /// <summary><see cref="TrialTypes.Progress"/> or <see cref="TrialTypes.Result"/>.</summary>
    public required string Type { get; init; }

    /// <summary>Which trial: <see cref="TrialMessage.Id"/> of the request.</summary>
    public required ulong Id { get; init; }

    /// <summary>What is being done: <c>start</c>, <c>replay</c> or <c>live</c>.</summary>
    public string Phase { get; init; } = "";

    /// <summary>Questions asked so far.</summary>
    public int Asked { get; init; }

    /// <summary>Recorded questions to ask in all.</summary>
    public int Total { get; init; }

    /// <summary>Of those asked, the live ones.</summary>
    public int Live { get; init; }

    /// <summary>Recorded files that were left out: gone, changed, or not to be given to a product.</summary>
    public int Skipped { get; init; }

    /// <summary>For the result: what speaks against the content.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public TrialRefusal Refusal { get; init; }

    /// <summary>For the result: the stable code.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Code { get; init; }

    /// <summary>For the result: what happened, for people.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? What { get; init; }

    /// <summary>For the result: what somebody does about it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Remedy { get; init; }

    /// <summary>For the result: the version of the content, as the product says it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ContentVersion { get; init; }

    /// <summary>For the result: answers that differ, the first of each sort.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrialDifference[]? Differences { get; init; }

    /// <summary>
    /// The line, with its end. It is never longer than a reader takes: rather than the verdict, which is what it is for, the examples are left out.
    /// </summary>
    public byte[] ToLine()
    {
        byte[] json = Serialize(this);
        if (json.Length > LongestLine)
            json = Serialize(this with { Differences = null, What = Shortened(What), ContentVersion = Shortened(ContentVersion) });
        return [.. json, (byte)'\n'];
    }

    /// <summary>Reads a line; null when it is none.</summary>
    public static TrialReport? Read(ReadOnlySpan<byte> line) => TrialJson.Read(line, TrialJson.Default.TrialReport);

    private static byte[] Serialize(TrialReport report) => JsonSerializer.SerializeToUtf8Bytes(report, TrialJson.Default.TrialReport);

    private static string? Shortened(string? text) => text is { Length: > LongestText } ? text[..LongestText] + "\u2026" : text;
}
