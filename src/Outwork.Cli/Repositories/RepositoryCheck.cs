using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Authoring;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.Cli.Repositories;

/// <summary>Asks the project's own client whether it would take a repository: a new device, and one that has what is published now.</summary>
internal sealed class RepositoryCheck(RepositoryFolder folder, TimeProvider time)
{
    /// <summary>Checks.</summary>
    /// <param name="draft">The repository; what is staged in it is published by the publication.</param>
    /// <param name="publication">What is to be published; null for what is published.</param>
    /// <param name="roles">Roles whose files are looked for and read.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<DraftFault?> RunAsync(RepositoryDraft draft, Publication? publication, IReadOnlyCollection<string> roles, CancellationToken cancellation)
    {
        var mirror = new OverlayMirror(new FolderMirror(folder.PublicMetadata, folder.PublicTargets, new MirrorOptions(), time), publication);
        if ((folder.ReadPublished(RoleName.Root, 1) ?? publication?.Files.FirstOrDefault(static file => file.Key == "1.root.json").Value) is not { } first)
            return new DraftFault(DraftFaultCode.ClientRefuses, "there is no first root", "Publish it: outwork repo publish");
        return await RunDeviceAsync(mirror, "a new device", new() { [RoleName.Root] = first }, draft, roles, cancellation)
            ?? (publication is not null && draft.Published.Count > 0
                ? await RunDeviceAsync(mirror, "a device with what is published now", draft.Published.ToDictionary(static role => role.Key, static role => role.Value.ToBytes(), StringComparer.Ordinal), draft, [], cancellation)
                : null);
    }

    private async Task<DraftFault?> RunDeviceAsync(
        IMirror mirror, string device, Dictionary<string, byte[]> trusted, RepositoryDraft draft, IReadOnlyCollection<string> roles, CancellationToken cancellation)
    {
        DirectoryInfo kept = Directory.CreateTempSubdirectory("outwork-repo-check-");
        try
        {
            var metadata = new MetadataFolder(kept.FullName);
            foreach ((string role, byte[] bytes) in trusted)
                metadata.Write(role, bytes);
            var client = new RepositoryClient(mirror, metadata, time.GetUtcNow(), new WorkflowLimits(), OpenSslEd25519.Instance);
            if (await client.RefreshAsync(cancellation) is { } refusal)
                return Fault(device, refusal);
            foreach (string role in roles)
            {
                if (await FindFaultAsync(client, device, draft, role, cancellation) is { } fault)
                    return fault;
            }

            return null;
        }
        finally
        {
            kept.Delete(recursive: true);
        }
    }

    private async Task<DraftFault?> FindFaultAsync(RepositoryClient client, string device, RepositoryDraft draft, string role, CancellationToken cancellation)
    {
        if (draft.Find(role) is not { } found || MetadataParser.Targets(found.ToBytes(), out _) is not { } targets)
            return new DraftFault(DraftFaultCode.ClientRefuses, $"the role {role} is delegated to and is not there", "Sign it, or end the delegation: outwork repo delegate --remove " + role);
        foreach (string path in targets.Content.Targets.Keys)
        {
            TrustStep step = await client.FindAsync(path, cancellation);
            if (step is RefusedStep refused)
                return Fault(device, refused.Refusal);
            var file = (FoundStep)step;
            string place = Path.Join(folder.PublicTargets, Uri.UnescapeDataString(file.File));
            if (!File.Exists(place))
                return new DraftFault(DraftFaultCode.ClientRefuses, $"{path} is signed and not there ({place})", "Add it again: outwork repo add");
            await using FileStream stream = File.OpenRead(place);
            if (stream.Length != file.Target.Length || !await file.Target.Hashes.MatchAsync(stream, cancellation))
                return new DraftFault(DraftFaultCode.ClientRefuses, $"{place} is another file than was signed", "Add it again: outwork repo add");
        }

        return null;
    }

    private static DraftFault Fault(string device, TrustRefusal refusal) =>
        new(DraftFaultCode.ClientRefuses, $"{device} would refuse it ({refusal.Code}): {refusal.File}: {refusal.Reason}", "");
}
