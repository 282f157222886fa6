using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>Specification 5.4.</summary>
internal static class TimestampPhase
{
    private const string FileName = RoleName.Timestamp + RoleName.Extension;

    public static IEnumerable<TrustStep> Steps(WorkflowContext context)
    {
        yield return new LoadStep(RoleName.Timestamp);
        // Expired it still protects from rollback.
        TimestampMetadata? kept = Kept(context);
        var fetch = new FetchStep(RoleName.Timestamp, FileName, context.Limits.TimestampBytes);
        yield return fetch;
        if (context.Fetched(fetch) is not { } bytes || Read(context, bytes, kept) is not { } received)
            yield break;
        // An equal version is nothing new (5.4.3.1): what is kept stays, whatever the other one says.
        TimestampMetadata final = kept is not null && kept.Version == received.Version ? kept : received;
        if (context.IsExpired(final))
        {
            context.RefuseExpired(final, RoleName.Timestamp, FileName);
            yield break;
        }

        context.Timestamp = final;
        if (!ReferenceEquals(final, kept))
            yield return new StoreStep(RoleName.Timestamp, bytes);
    }

    private static TimestampMetadata? Kept(WorkflowContext context)
    {
        if (context.Answer.Kind != AnswerKind.Given)
            return null;
        SignedMetadata<TimestampMetadata>? kept = MetadataParser.Timestamp(context.Answer.Bytes, out _);
        return kept is not null && context.CheckSignatures(kept, RoleName.Timestamp) is null ? kept.Content : null;
    }

    private static TimestampMetadata? Read(WorkflowContext context, ReadOnlyMemory<byte> bytes, TimestampMetadata? kept)
    {
        SignedMetadata<TimestampMetadata>? received = MetadataParser.Timestamp(bytes, out MetadataFault? fault);
        if (received is null)
            context.Refuse(fault!.Code, RoleName.Timestamp, FileName, fault.ToString());
        else if (context.CheckSignatures(received, RoleName.Timestamp) is { } unsigned)
            context.Refuse(TrustRefusalCode.ThresholdNotMet, RoleName.Timestamp, FileName, unsigned);
        else if (kept is not null && received.Content.Version < kept.Version)
            context.Refuse(TrustRefusalCode.Rollback, RoleName.Timestamp, FileName, $"it is version {received.Content.Version}, and version {kept.Version} was trusted before");
        else if (kept is not null && received.Content.Version > kept.Version && received.Content.Snapshot.Version < kept.Snapshot.Version)
            context.Refuse(TrustRefusalCode.Rollback, RoleName.Timestamp, FileName, $"it names snapshot {received.Content.Snapshot.Version}, and snapshot {kept.Snapshot.Version} was trusted before");
        return context.Refusal is null ? received!.Content : null;
    }
}
