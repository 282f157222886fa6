using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>Specification 5.5.</summary>
internal static class SnapshotPhase
{
    public static IEnumerable<TrustStep> Steps(WorkflowContext context)
    {
        MetaFile meta = context.Timestamp!.Snapshot;
        yield return new LoadStep(RoleName.Snapshot);
        // Expired or older than wanted it still protects from rollback.
        SnapshotMetadata? kept = Kept(context);
        if (kept is not null && kept.Version == meta.Version && !context.IsExpired(kept) && WorkflowContext.CheckBytes(meta, context.Answer.Bytes) is null)
        {
            context.Snapshot = kept;
            yield break;
        }

        string file = RoleName.FileOf(RoleName.Snapshot, context.Root!.Content.ConsistentSnapshot ? meta.Version : null);
        if (meta.Length > context.Limits.SnapshotBytes)
        {
            context.Refuse(TrustRefusalCode.EndlessData, RoleName.Snapshot, file, $"it is to have {meta.Length} bytes; the limit is {context.Limits.SnapshotBytes}");
            yield break;
        }

        var fetch = new FetchStep(RoleName.Snapshot, file, meta.Length ?? context.Limits.SnapshotBytes);
        yield return fetch;
        if (context.Fetched(fetch) is not { } bytes || Read(context, bytes, meta, kept, file) is not { } received)
            yield break;
        context.Snapshot = received;
        yield return new StoreStep(RoleName.Snapshot, bytes);
    }

    private static SnapshotMetadata? Kept(WorkflowContext context)
    {
        if (context.Answer.Kind != AnswerKind.Given)
            return null;
        SignedMetadata<SnapshotMetadata>? kept = MetadataParser.Snapshot(context.Answer.Bytes, out _);
        return kept is not null && context.CheckSignatures(kept, RoleName.Snapshot) is null ? kept.Content : null;
    }

    private static SnapshotMetadata? Read(WorkflowContext context, ReadOnlyMemory<byte> bytes, MetaFile meta, SnapshotMetadata? kept, string file)
    {
        if (WorkflowContext.CheckBytes(meta, bytes) is { } other)
        {
            context.Refuse(TrustRefusalCode.MixAndMatch, RoleName.Snapshot, file, other);
            return null;
        }

        SignedMetadata<SnapshotMetadata>? received = MetadataParser.Snapshot(bytes, out MetadataFault? fault);
        if (received is null)
            context.Refuse(fault!.Code, RoleName.Snapshot, file, fault.ToString());
        else if (context.CheckSignatures(received, RoleName.Snapshot) is { } unsigned)
            context.Refuse(TrustRefusalCode.ThresholdNotMet, RoleName.Snapshot, file, unsigned);
        else if (received.Content.Version != meta.Version)
            context.Refuse(TrustRefusalCode.MixAndMatch, RoleName.Snapshot, file, $"it is version {received.Content.Version}, and the timestamp names version {meta.Version}");
        else if (kept is not null && RolledBack(kept, received.Content) is { } older)
            context.Refuse(TrustRefusalCode.Rollback, RoleName.Snapshot, file, older);
        else if (context.IsExpired(received.Content))
            context.RefuseExpired(received.Content, RoleName.Snapshot, file);
        return context.Refusal is null ? received!.Content : null;
    }

    // 5.5.5: no role may go back, and none may disappear.
    private static string? RolledBack(SnapshotMetadata kept, SnapshotMetadata received)
    {
        foreach ((string name, MetaFile before) in kept.Meta)
        {
            if (!received.Meta.TryGetValue(name, out MetaFile? now))
                return $"it does not name {name}, which was trusted before";
            if (now.Version < before.Version)
                return $"it names {name} version {now.Version}, and version {before.Version} was trusted before";
        }

        return null;
    }
}
