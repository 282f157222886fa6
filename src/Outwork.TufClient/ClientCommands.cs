using Outwork.Content.Mirrors;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Platform.Linux.Storage;
using Outwork.Trust.Metadata;
using Outwork.Trust.Workflow;

namespace Outwork.TufClient;

/// <summary>What the client does: the very parts that the agent uses, driven by a command line.</summary>
internal static class ClientCommands
{
    // A name that a file system might not take is kept under its digest.
    private const int LongestFileName = 200;

    /// <summary>Runs one command; null when all went well.</summary>
    public static async Task<TrustRefusal?> RunAsync(ClientArguments arguments, TimeProvider time)
    {
        var kept = new MetadataFolder(new DiskContentFiles(arguments.MetadataDir));
        if (arguments.Command == "init")
        {
            Directory.CreateDirectory(arguments.MetadataDir);
            return Initialise(arguments.Root, kept);
        }

        using var mirror = new HttpMirror(arguments.MetadataUrl!, arguments.TargetBaseUrl ?? arguments.MetadataUrl!, new MirrorOptions(), time);
        var client = new RepositoryClient(mirror, kept, time.GetUtcNow(), new WorkflowLimits(), OpenSslEd25519.Instance);
        if (await client.RefreshAsync(CancellationToken.None) is { } refusal)
            return refusal;
        foreach (string name in arguments.TargetNames)
        {
            TrustStep step = await client.FindAsync(name, CancellationToken.None);
            TrustRefusal? failed = step is FoundStep found
                ? await client.DownloadAsync(found, Path.Join(arguments.TargetDir, FileOf(name)), CancellationToken.None)
                : ((RefusedStep)step).Refusal;
            if (failed is not null)
                return failed;
        }

        return null;
    }

    private static TrustRefusal? Initialise(string root, MetadataFolder kept)
    {
        byte[] bytes = File.ReadAllBytes(root);
        if (ClientWorkflow.CheckRoot(bytes, root, OpenSslEd25519.Instance) is { } refusal)
            return refusal;
        kept.Write(RoleName.Root, bytes);
        return null;
    }

    private static string FileOf(string name)
    {
        string encoded = Uri.EscapeDataString(name);
        return encoded.Length is > 0 and <= LongestFileName && encoded is not ("." or "..")
            ? encoded : Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)));
    }
}
