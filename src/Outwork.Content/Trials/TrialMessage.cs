using System.Text.Json;
using System.Text.Json.Serialization;

namespace Outwork.Content.Trials;

/// <summary>
/// A line from whoever asks for a trial: first <see cref="TrialTypes.Trial"/>, then the recording, <see cref="TrialTypes.Question"/> by
/// question, then <see cref="TrialTypes.Replay"/>, then <see cref="TrialTypes.Live"/> questions until the result. One JSON object a line.
/// </summary>
public sealed record TrialMessage
{
    /// <summary>What it is, see <see cref="TrialTypes"/>.</summary>
    public required string Type { get; init; }

    /// <summary>For trial: names it, so that no other one's result is taken for its own; not 0.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public ulong Id { get; init; }

    /// <summary>For trial: the product's name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Product { get; init; }

    /// <summary>For trial: the slot with the content, <c>a</c> or <c>b</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Slot { get; init; }

    /// <summary>For trial: the limits; null for the default ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrialLimits? Limits { get; init; }

    /// <summary>For trial: process id of the instance in force, by whose memory the second one is measured; 0 to measure it by its own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int ProcessInForce { get; init; }

    /// <summary>For question and live.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public RecordedQuestion? Question { get; init; }

    /// <summary>The line, with its end.</summary>
    public byte[] ToLine() => [.. JsonSerializer.SerializeToUtf8Bytes(this, TrialJson.Default.TrialMessage), (byte)'\n'];

    /// <summary>Reads a line; null when it is none.</summary>
    public static TrialMessage? Read(ReadOnlySpan<byte> line) => TrialJson.Read(line, TrialJson.Default.TrialMessage);
}
