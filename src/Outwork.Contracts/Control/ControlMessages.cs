using System.Text.Json.Serialization;
using Outwork.Contracts.Events;
using Outwork.Contracts.Policy;
using Outwork.Contracts.Verdicts;

namespace Outwork.Contracts.Control;

/// <summary>A request on the local control socket, and between agent and broker: one JSON object a line.</summary>
public sealed record ControlRequest
{
    /// <summary>What is asked, see <see cref="ControlOperations"/>.</summary>
    public required string Operation { get; init; }

    /// <summary>For explain: the decision.</summary>
    public ulong DecisionId { get; init; }

    /// <summary>For decisions: how many of the latest.</summary>
    public int Count { get; init; }

    /// <summary>For policy-apply from agent to broker: the compiled document.</summary>
    public PolicyDocument? Policy { get; init; }

    /// <summary>For policy-apply from the command line to the agent: the YAML text. Kept as it is and shown by policy-show.</summary>
    public string? PolicyText { get; init; }

    /// <summary>Where the policy came from, for status.</summary>
    public string? PolicySource { get; init; }

    /// <summary>For watch: all events, not only decisions.</summary>
    public bool All { get; init; }

    /// <summary>For the operations on content: the product.</summary>
    public string? Product { get; init; }

    /// <summary>For content-pin: the version; null for the one in force. For content-allow: the version.</summary>
    public string? Version { get; init; }

    /// <summary>For content-rollback: why, in the administrator's words.</summary>
    public string? Reason { get; init; }

    /// <summary>For content-import: the next piece of the bundle; at most <see cref="ControlLimits.MaximumImportPiece"/> bytes.</summary>
    public byte[]? Piece { get; init; }

    /// <summary>For content-import: where the piece begins; 0 begins anew.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public long Offset { get; init; }

    /// <summary>For content-import: this piece is the last.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Last { get; init; }
}

/// <summary>The response to one <see cref="ControlRequest"/>; for watch, the first of many lines.</summary>
public sealed record ControlResponse
{
    /// <summary>False when <see cref="Error"/> says what went wrong.</summary>
    public required bool Ok { get; init; }

    /// <summary>Stable code, see <see cref="ControlCodes"/>.</summary>
    public string? Code { get; init; }

    /// <summary>For people: what is wrong and what to do.</summary>
    public string? Error { get; init; }

    /// <summary>For status.</summary>
    public StatusSnapshot? Status { get; init; }

    /// <summary>For explain and decisions, oldest first.</summary>
    public DecisionRecord[]? Decisions { get; init; }

    /// <summary>For decisions: how many older ones were left out, since all would have been too long.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int LeftOut { get; init; }

    /// <summary>For explain: the asking process and its ancestors, nearest first.</summary>
    public ProcessInfo[]? Ancestry { get; init; }

    /// <summary>For policy-show: the text as applied.</summary>
    public string? PolicyText { get; init; }

    /// <summary>For policy-apply and policy-show: the generation in force.</summary>
    public ulong PolicyGeneration { get; init; }

    /// <summary>For policy-show: where the policy came from.</summary>
    public string? PolicySource { get; init; }

    /// <summary>For policy-apply: every fault found.</summary>
    public PolicyFault[]? Faults { get; init; }

    /// <summary>For policy-apply: products that the policy asks and that have not subscribed.</summary>
    public string[]? NotSubscribed { get; init; }

    /// <summary>For watch: one event.</summary>
    public NotifyEvent? Event { get; init; }

    /// <summary>For content-list.</summary>
    public ContentStatus[]? Contents { get; init; }

    /// <summary>For content-history, oldest first.</summary>
    public ContentStep[]? Steps { get; init; }

    /// <summary>For the other operations on content: what came of it, for people.</summary>
    public string? Text { get; init; }
}

/// <summary>One fault of a policy file.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based.</param>
/// <param name="Message">What is wrong and what is expected.</param>
public sealed record PolicyFault(int Line, int Column, string Message);

/// <summary>JSON of the control protocol, the policy document and the exported records.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlRequest))]
[JsonSerializable(typeof(ControlResponse))]
[JsonSerializable(typeof(StatusSnapshot))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(DecisionRecord))]
[JsonSerializable(typeof(NotifyEvent))]
[JsonSerializable(typeof(PolicyFault[]))]
[JsonSerializable(typeof(ProductStatus[]))]
[JsonSerializable(typeof(DecisionRecord[]))]
[JsonSerializable(typeof(ContentStatus[]))]
[JsonSerializable(typeof(ContentStep[]))]
public sealed partial class ControlJsonContext : JsonSerializerContext;
