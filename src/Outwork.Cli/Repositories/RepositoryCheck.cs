using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
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
        if (publication?.Roles.FirstOrDefault(role => draft.Find(role)?.Expires <= time.GetUtcNow()) is { } late)
            return new DraftFault(DraftFaultCode.ClientRefuses, $"{late} expired before it is published, on {draft.Find(late)!.Expires.UtcDateTime:yyyy-MM-dd}", $"Renew it: outwork repo sign --renew {late} --key FILE");
        var mirror = new OverlayMirror(new FolderMirror(folder.PublicMetadata, folder.PublicTargets, new MirrorOptions(), time), publication);
        if ((folder.ReadPublished(RoleName.Root, 1) ?? publication?.Files.FirstOrDefault(static file => file.Key == "1.root.json").Value) is not { } first)
            return new DraftFault(DraftFaultCode.ClientRefuses, "there is no first root", "Take metadata/1.root.json from a copy of the repository, or publish it: outwork repo publish");
        return await RunDeviceAsync(mirror, "a new device", new() { [RoleName.Root] = first }, draft, publication, roles, cancellation)
            ?? (publication is not null && draft.Published.Count > 0
                ? await RunDeviceAsync(mirror, "a device with what is published now", draft.Published.ToDictionary(static role => role.Key, static role => role.Value.ToBytes(), StringComparer.Ordinal), draft, publication, [], cancellation)
                : null);
    }

    private async Task<DraftFault?> RunDeviceAsync(
        IMirror mirror, string device, Dictionary<string, byte[]> trusted, RepositoryDraft draft, Publication? publication, IReadOnlyCollection<string> roles, CancellationToken cancellation)
    {
        DirectoryInfo kept = Directory.CreateTempSubdirectory("outwork-repo-check-");
        try
        {
            var metadata = new MetadataFolder(new DiskContentFiles(kept.FullName));
            foreach ((string role, byte[] bytes) in trusted)
                metadata.Write(role, bytes);
            var client = new RepositoryClient(mirror, metadata, time.GetUtcNow(), new WorkflowLimits(), OpenSslEd25519.Instance);
            if (await client.RefreshAsync(cancellation) is { } refusal)
                return Fault(device, refusal);
            foreach (string role in roles)
            {
                if (await FindFaultAsync(client, device, draft, publication, role, cancellation) is { } fault)
                    return fault;
            }

            return null;
        }
        finally
        {
            kept.Delete(recursive: true);
        }
    }

    private async Task<DraftFault?> FindFaultAsync(RepositoryClient client, string device, RepositoryDraft draft, Publication? publication, string role, CancellationToken cancellation)
    {
        if (draft.Find(role) is not { } found || MetadataParser.Targets(found.ToBytes(), out _) is not { } targets)
            return new DraftFault(DraftFaultCode.ClientRefuses, $"the role {role} is delegated to and is not there", "Sign it, or end the delegation: outwork repo delegate --remove " + role);
        foreach (string path in targets.Content.Targets.Keys)
        {
            TrustStep step = await client.FindAsync(path, cancellation);
            if (step is RefusedStep refused)
            {
                // A vendor's role that expired before this publication is its vendor's to renew, and keeps nobody else from publishing.
                if (publication is not null && refused.Refusal.Code == TrustRefusalCode.Freeze && !publication.Roles.Contains(refused.Refusal.Role, StringComparer.Ordinal))
                    continue;
                return Fault(device, refused.Refusal);
            }

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
        new(DraftFaultCode.ClientRefuses, $"{device} would refuse it ({refusal.Code}): {refusal.File}: {refusal.Reason}", AdviceFor(refusal));

    // To the repository's owner; what a refusal itself advises is for who has a device.
    private static string AdviceFor(TrustRefusal refusal) => refusal.Code switch
    {
        TrustRefusalCode.Freeze when refusal.Role is RoleName.Timestamp or RoleName.Snapshot => "Renew it: outwork repo publish --renew --key FILE",
        TrustRefusalCode.Freeze => $"Renew it and publish: outwork repo sign --renew {refusal.Role} --key FILE, then outwork repo publish",
        TrustRefusalCode.ThresholdNotMet => $"Sign it anew with its keys: outwork repo sign --renew {refusal.Role} --key FILE",
        TrustRefusalCode.TargetNotFound => $"Put it where clients look for it: outwork repo remove {refusal.File}, then outwork repo add",
        TrustRefusalCode.TooManyRoles => "Make delegations more precise, or terminating: outwork repo delegate",
        _ => "Take the file from a copy of the published folder, or from a mirror: somebody changed it here. What is staged can be taken back: outwork repo discard ROLE",
    };
}
