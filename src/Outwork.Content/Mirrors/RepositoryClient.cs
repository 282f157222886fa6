using Outwork.Trust.Keys;
using Outwork.Trust.Workflow;

namespace Outwork.Content.Mirrors;

/// <summary>Follows one repository: runs the workflow against a mirror and the metadata that is kept. One object is one session.</summary>
/// <remarks>Not thread-safe. The time is read once, when the session begins.</remarks>
public sealed class RepositoryClient
{
    private const string PartSuffix = "%.part";

    private readonly IMirror _mirror;
    private readonly MetadataFolder _kept;
    private readonly ClientWorkflow _workflow;

    /// <param name="mirror">Where files come from.</param>
    /// <param name="kept">What is trusted already.</param>
    /// <param name="startedAt">The time against which expiry is checked.</param>
    /// <param name="limits">How much the repository may ask of us.</param>
    /// <param name="ed25519">From the platform.</param>
    public RepositoryClient(IMirror mirror, MetadataFolder kept, DateTimeOffset startedAt, WorkflowLimits limits, IEd25519? ed25519)
    {
        _mirror = mirror;
        _kept = kept;
        _workflow = new ClientWorkflow(startedAt, limits, ed25519);
    }

    /// <summary>What is trusted now.</summary>
    public ClientWorkflow Trusted => _workflow;

    /// <summary>Brings the top-level metadata up to date.</summary>
    /// <returns>Null when it is; else why not.</returns>
    /// <exception cref="IOException">What is trusted could not be kept.</exception>
    public async Task<TrustRefusal?> RefreshAsync(CancellationToken cancellation) =>
        await RunAsync(_workflow.Refresh(), cancellation) is RefusedStep refused ? refused.Refusal : null;

    /// <summary>Searches a file; the refresh came before.</summary>
    /// <returns>Found, or refused.</returns>
    /// <exception cref="IOException">What is trusted could not be kept.</exception>
    public Task<TrustStep> FindAsync(string path, CancellationToken cancellation) => RunAsync(_workflow.Find(path), cancellation);

    /// <summary>Gets a file that was found, unless it is there already with these bytes.</summary>
    /// <param name="found">What the search found.</param>
    /// <param name="path">Where it shall be; what is there stays until the new bytes are verified.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Null when it is there; else why not.</returns>
    /// <exception cref="IOException">It could not be written.</exception>
    public async Task<TrustRefusal?> DownloadAsync(FoundStep found, string path, CancellationToken cancellation)
    {
        if (await TargetCheck.IsThereAsync(found.Target, path, cancellation))
            return null;
        // With a sign that no encoded name has: the file of another name in the same folder is never taken for this one's beginning.
        string temporary = path + PartSuffix;
        try
        {
            await using (var file = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None))
            {
                TrustAnswer answer = await _mirror.CopyFileAsync(found.File, found.Target.Length, file, cancellation);
                if (answer.Kind != AnswerKind.Given)
                    return TargetCheck.Refuse(found, answer);
                file.Flush(flushToDisk: true);
                file.Position = 0;
                if (await TargetCheck.FindFaultAsync(found, file, cancellation) is { } refusal)
                    return refusal;
            }

            File.Move(temporary, path, overwrite: true);
            return null;
        }
        finally
        {
            File.Delete(temporary);
        }
    }

    private async Task<TrustStep> RunAsync(WorkflowRun run, CancellationToken cancellation)
    {
        while (!run.IsOver)
        {
            switch (run.Step)
            {
                case LoadStep load:
                    run.Answer(_kept.Read(load.Role) is { } bytes ? TrustAnswer.Of(bytes) : TrustAnswer.Missing);
                    break;
                case FetchStep fetch:
                    run.Answer(await _mirror.ReadMetadataAsync(fetch.File, fetch.LongestBytes, cancellation));
                    break;
                case StoreStep store:
                    _kept.Write(store.Role, store.Bytes);
                    run.Answer(TrustAnswer.Done);
                    break;
                case ForgetStep forget:
                    _kept.Delete(forget.Role);
                    run.Answer(TrustAnswer.Done);
                    break;
                default:
                    throw new InvalidOperationException($"There is no step {run.Step}.");
            }
        }

        return run.Step;
    }
}
