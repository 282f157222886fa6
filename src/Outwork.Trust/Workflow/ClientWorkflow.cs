using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>
/// The client workflow of The Update Framework 1.0 (specification section 5). One object is one session with one fixed time: first a
/// refresh, then as many searches as wanted.
/// </summary>
/// <remarks>Not thread-safe. Pure: it asks for bytes by <see cref="WorkflowRun.Step"/> and is answered.</remarks>
public sealed class ClientWorkflow
{
    private readonly WorkflowContext _context;

    /// <param name="startedAt">The time against which every expiry is checked (specification 5.1).</param>
    /// <param name="limits">How much the repository may ask of us.</param>
    /// <param name="ed25519">From the platform; null when it has none.</param>
    public ClientWorkflow(DateTimeOffset startedAt, WorkflowLimits limits, IEd25519? ed25519) => _context = new WorkflowContext(startedAt, limits, ed25519);

    /// <summary>The trusted root once the refresh has read it.</summary>
    public RootMetadata? Root => _context.Root?.Content;

    /// <summary>The trusted timestamp after the refresh.</summary>
    public TimestampMetadata? Timestamp => _context.Timestamp;

    /// <summary>The trusted snapshot after the refresh.</summary>
    public SnapshotMetadata? Snapshot => _context.Snapshot;

    /// <summary>The trusted top-level targets after the refresh.</summary>
    public TargetsMetadata? Targets => _context.Targets;

    /// <summary>Checks a root file that is to be trusted: that it is one, and that its own keys signed it. Its expiry is not looked at.</summary>
    /// <returns>Null when it may be kept.</returns>
    public static TrustRefusal? CheckRoot(ReadOnlyMemory<byte> bytes, string file, IEd25519? ed25519)
    {
        var context = new WorkflowContext(default, new WorkflowLimits(), ed25519);
        _ = RootPhase.ReadSelfSigned(context, bytes, file);
        return context.Refusal;
    }

    /// <summary>Begins the refresh of the top-level metadata. Once a session.</summary>
    public WorkflowRun Refresh() => new(_context, RefreshSteps());

    /// <summary>Begins the search for a file.</summary>
    /// <param name="path">Its path in the repository.</param>
    /// <exception cref="InvalidOperationException">There was no refresh, or it was refused.</exception>
    public WorkflowRun Find(string path)
    {
        if (_context.Targets is null)
            throw new InvalidOperationException("There is no trusted metadata: the refresh comes first.");
        _context.ClearRefusal();
        return new WorkflowRun(_context, FindSteps(path));
    }

    private IEnumerable<TrustStep> RefreshSteps()
    {
        foreach (TrustStep step in RootPhase.Steps(_context))
            yield return step;
        if (_context.Refusal is not null)
            yield break;
        foreach (TrustStep step in TimestampPhase.Steps(_context))
            yield return step;
        if (_context.Refusal is not null)
            yield break;
        foreach (TrustStep step in SnapshotPhase.Steps(_context))
            yield return step;
        if (_context.Refusal is not null)
            yield break;
        RootMetadata root = _context.Root!.Content;
        var targets = new TargetsPhase(_context, RoleName.Targets, root.Roles[RoleName.Targets], root.Keys);
        foreach (TrustStep step in targets.Steps())
            yield return step;
        if (_context.Refusal is not null)
            yield break;
        _context.Targets = targets.Result;
        yield return new RefreshedStep();
    }

    private IEnumerable<TrustStep> FindSteps(string path)
    {
        var search = new SearchPhase(_context, path);
        foreach (TrustStep step in search.Steps())
            yield return step;
        if (search.Result is not null)
            yield return search.Result;
    }
}
