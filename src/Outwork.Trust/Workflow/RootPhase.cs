using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>Specification 5.2 and 5.3: from the root that is trusted to the newest one, step by step.</summary>
internal static class RootPhase
{
    private const string KeptFile = RoleName.Root + RoleName.Extension;

    public static IEnumerable<TrustStep> Steps(WorkflowContext context)
    {
        yield return new LoadStep(RoleName.Root);
        if (context.Answer.Kind != AnswerKind.Given)
        {
            context.Refuse(TrustRefusalCode.NotInitialised, RoleName.Root, KeptFile, "there is no trusted root");
            yield break;
        }

        context.Root = ReadSelfSigned(context, context.Answer.Bytes, KeptFile);
        for (int rotation = 0; context.Refusal is null && rotation < context.Limits.RootRotations; rotation++)
        {
            long next = context.Root!.Content.Version + 1;
            var fetch = new FetchStep(RoleName.Root, RoleName.FileOf(RoleName.Root, next), context.Limits.RootBytes);
            yield return fetch;
            // There is no newer one (5.3.3).
            if (context.Answer.Kind == AnswerKind.Missing)
                break;
            if (context.Fetched(fetch) is not { } bytes || ReadNext(context, bytes, next, fetch.File) is not { } newer)
                yield break;
            // Before the new root is kept: else a power cut between would leave old metadata that the new root means to be forgotten.
            if (LostKey(context.Root.Content, newer.Content, RoleName.Timestamp) || LostKey(context.Root.Content, newer.Content, RoleName.Snapshot))
            {
                yield return new ForgetStep(RoleName.Timestamp);
                yield return new ForgetStep(RoleName.Snapshot);
            }

            context.Root = newer;
            yield return new StoreStep(RoleName.Root, bytes);
        }

        if (context.Refusal is null && context.IsExpired(context.Root!.Content))
            context.RefuseExpired(context.Root.Content, RoleName.Root, KeptFile);
    }

    /// <summary>Reads a root that is trusted for where it came from; its own keys must have signed it all the same.</summary>
    public static SignedMetadata<RootMetadata>? ReadSelfSigned(WorkflowContext context, ReadOnlyMemory<byte> bytes, string file)
    {
        SignedMetadata<RootMetadata>? root = MetadataParser.Root(bytes, out MetadataFault? fault);
        if (root is null)
            context.Refuse(fault!.Code, RoleName.Root, file, fault.ToString());
        else if (context.CheckSignatures(root, root.Content.Roles[RoleName.Root], root.Content.Keys) is { } unsigned)
            context.Refuse(TrustRefusalCode.ThresholdNotMet, RoleName.Root, file, unsigned);
        return context.Refusal is null ? root : null;
    }

    private static SignedMetadata<RootMetadata>? ReadNext(WorkflowContext context, ReadOnlyMemory<byte> bytes, long version, string file)
    {
        SignedMetadata<RootMetadata>? newer = MetadataParser.Root(bytes, out MetadataFault? fault);
        if (newer is null)
            context.Refuse(fault!.Code, RoleName.Root, file, fault.ToString());
        else if (context.CheckSignatures(newer, RoleName.Root) is { } byOld)
            context.Refuse(TrustRefusalCode.ThresholdNotMet, RoleName.Root, file, $"{byOld}, of the keys of root {version - 1}");
        else if (context.CheckSignatures(newer, newer.Content.Roles[RoleName.Root], newer.Content.Keys) is { } byNew)
            context.Refuse(TrustRefusalCode.ThresholdNotMet, RoleName.Root, file, $"{byNew}, of its own keys");
        else if (newer.Content.Version != version)
            context.Refuse(TrustRefusalCode.Rollback, RoleName.Root, file, $"it is version {newer.Content.Version} and must be {version}");
        return context.Refusal is null ? newer : null;
    }

    // A key that is only added takes nothing back: what was signed before stays good, and so does what it protects from rollback.
    private static bool LostKey(RootMetadata old, RootMetadata newer, string role) =>
        old.Roles[role].KeyIds.Any(id => !newer.Roles[role].KeyIds.Contains(id, StringComparer.Ordinal) || IsOther(old.Keys.GetValueOrDefault(id), newer.Keys.GetValueOrDefault(id)));

    private static bool IsOther(TrustKey? old, TrustKey? newer) => old is not null && (newer is null || !old.Material.Span.SequenceEqual(newer.Material.Span));
}
