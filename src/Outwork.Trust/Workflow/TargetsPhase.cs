using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>
/// Specification 5.6.1 to 5.6.6 for the top-level role and for each delegated one. Each time a role is asked it is verified with the keys
/// of who delegates to it *here*: another delegator may name other keys, and what it accepted before counts for nothing.
/// </summary>
internal sealed class TargetsPhase(WorkflowContext context, string role, RoleKeys keys, IReadOnlyDictionary<string, TrustKey> known)
{
    /// <summary>The role's trusted content; null when refused.</summary>
    public TargetsMetadata? Result { get; private set; }

    public IEnumerable<TrustStep> Steps()
    {
        MetaFile? meta = context.Snapshot!.Of(role);
        string file = RoleName.FileOf(role, context.Root!.Content.ConsistentSnapshot ? meta?.Version : null);
        if (meta is null)
        {
            context.Refuse(TrustRefusalCode.MetadataMissing, role, file, "the snapshot does not name it");
            yield break;
        }

        yield return new LoadStep(role);
        Result = Kept(meta);
        if (Result is not null)
            yield break;
        if (meta.Length > context.Limits.TargetsBytes)
        {
            context.Refuse(TrustRefusalCode.EndlessData, role, file, $"it is to have {meta.Length} bytes; the limit is {context.Limits.TargetsBytes}");
            yield break;
        }

        var fetch = new FetchStep(role, file, meta.Length ?? context.Limits.TargetsBytes);
        yield return fetch;
        if (context.Fetched(fetch) is not { } bytes || Read(bytes, meta, file) is not { } received)
            yield break;
        Result = received;
        yield return new StoreStep(role, bytes);
    }

    private TargetsMetadata? Kept(MetaFile meta)
    {
        ReadOnlyMemory<byte> bytes = context.Answer.Bytes;
        if (context.Answer.Kind != AnswerKind.Given || WorkflowContext.CheckBytes(meta, bytes) is not null)
            return null;
        SignedMetadata<TargetsMetadata>? kept = MetadataParser.Targets(bytes, out _);
        return kept is not null && kept.Content.Version == meta.Version && !context.IsExpired(kept.Content) && context.CheckSignatures(kept, keys, known) is null
            ? kept.Content : null;
    }

    private TargetsMetadata? Read(ReadOnlyMemory<byte> bytes, MetaFile meta, string file)
    {
        if (WorkflowContext.CheckBytes(meta, bytes) is { } other)
        {
            context.Refuse(TrustRefusalCode.MixAndMatch, role, file, other);
            return null;
        }

        SignedMetadata<TargetsMetadata>? received = MetadataParser.Targets(bytes, out MetadataFault? fault);
        if (received is null)
            context.Refuse(fault!.Code, role, file, fault.ToString());
        else if (context.CheckSignatures(received, keys, known) is { } unsigned)
            context.Refuse(TrustRefusalCode.ThresholdNotMet, role, file, unsigned);
        else if (received.Content.Version != meta.Version)
            context.Refuse(TrustRefusalCode.MixAndMatch, role, file, $"it is version {received.Content.Version}, and the snapshot names version {meta.Version}");
        else if (context.IsExpired(received.Content))
            context.RefuseExpired(received.Content, role, file);
        return context.Refusal is null ? received!.Content : null;
    }
}
