using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>What the phases of one workflow share: the fixed time, what is trusted so far, the last answer.</summary>
internal sealed class WorkflowContext(DateTimeOffset startedAt, WorkflowLimits limits, IEd25519? ed25519)
{
    public DateTimeOffset StartedAt => startedAt;

    public WorkflowLimits Limits => limits;

    public TrustAnswer Answer { get; set; }

    public TrustRefusal? Refusal { get; private set; }

    /// <summary>Trusted and final once its phase is over.</summary>
    public SignedMetadata<RootMetadata>? Root { get; set; }

    public TimestampMetadata? Timestamp { get; set; }

    public SnapshotMetadata? Snapshot { get; set; }

    public TargetsMetadata? Targets { get; set; }

    public void Refuse(TrustRefusalCode code, string role, string file, string reason) =>
        Refusal ??= TrustRefusal.Create(code, role, file, reason);

    /// <summary>A search may follow a search that found nothing.</summary>
    public void ClearRefusal() => Refusal = null;

    /// <summary>The bytes of the last answer; refuses and gives null when there are none.</summary>
    public ReadOnlyMemory<byte>? Fetched(FetchStep step)
    {
        if (Answer.Kind == AnswerKind.Given && Answer.Bytes.Length <= step.LongestBytes)
            return Answer.Bytes;
        (TrustRefusalCode code, string reason) = Answer.Kind switch
        {
            AnswerKind.Missing => (TrustRefusalCode.MetadataMissing, Answer.Reason),
            AnswerKind.TooSlow => (TrustRefusalCode.SlowRetrieval, Answer.Reason),
            AnswerKind.Unreachable => (TrustRefusalCode.Unreachable, Answer.Reason),
            _ => (TrustRefusalCode.EndlessData, $"it has more than {step.LongestBytes} bytes"),
        };
        Refuse(code, step.Role, step.File, reason);
        return null;
    }

    /// <summary>Null when enough keys signed, else what was found.</summary>
    public string? CheckSignatures<T>(SignedMetadata<T> file, RoleKeys role, IReadOnlyDictionary<string, TrustKey> keys)
        where T : MetadataContent
    {
        ThresholdResult result = ThresholdCheck.Count(role, keys, file.Canonical, file.Signatures, ed25519);
        return result.IsMet ? null : result.ToString();
    }

    /// <summary>The same for a role of the top level.</summary>
    public string? CheckSignatures<T>(SignedMetadata<T> file, string role)
        where T : MetadataContent => CheckSignatures(file, Root!.Content.Roles[role], Root.Content.Keys);

    public bool IsExpired(MetadataContent content) => content.Expires <= startedAt;

    public void RefuseExpired(MetadataContent content, string role, string file) =>
        Refuse(TrustRefusalCode.Freeze, role, file, $"version {content.Version} expired {content.Expires:yyyy-MM-dd HH:mm:ss} UTC; it is {startedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC");

    /// <summary>Null when length and digests are what the role above says.</summary>
    public static string? CheckBytes(MetaFile meta, ReadOnlyMemory<byte> bytes)
    {
        if (meta.Length is { } length && length != bytes.Length)
            return $"it has {bytes.Length} bytes and must have {length}";
        if (meta.Hashes is { } hashes && !hashes.Match(bytes.Span))
            return hashes.CanCheck ? "its digest is another than the signed one" : "none of its digests is of a known algorithm";
        return null;
    }
}
