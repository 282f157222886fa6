using Outwork.Bench.Running;
using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Workflow;

namespace Outwork.Bench.Repositories;

/// <summary>A device that holds a root and nothing else, and gets everything from memory: what remains is verification.</summary>
internal sealed class MemoryDevice(LargeRepository repository, DateTimeOffset now)
{
    private readonly Dictionary<string, ReadOnlyMemory<byte>> kept = new(StringComparer.Ordinal) { ["root"] = repository.Root };

    /// <summary>The files that were fetched, in order.</summary>
    public List<byte[]> Fetched { get; } = [];

    /// <summary>Refreshes, searches a file, and checks its bytes.</summary>
    /// <exception cref="BenchFailedException">Anything was refused.</exception>
    public void Take(string path, ReadOnlySpan<byte> content)
    {
        var workflow = new ClientWorkflow(now, new WorkflowLimits(), OpenSslEd25519.Instance);
        _ = Run(workflow.Refresh());
        if (Run(workflow.Find(path)) is not FoundStep found || !found.Target.Hashes.Match(content))
            throw new BenchFailedException($"{path} was not found.");
    }

    private TrustStep Run(WorkflowRun run)
    {
        while (!run.IsOver)
            run.Answer(Answer(run.Step));
        return run.Step is RefusedStep refused ? throw new BenchFailedException($"The repository was refused: {refused.Refusal}") : run.Step;
    }

    private TrustAnswer Answer(TrustStep step)
    {
        switch (step)
        {
            case LoadStep load:
                return kept.TryGetValue(load.Role, out var bytes) ? TrustAnswer.Of(bytes) : TrustAnswer.Missing;
            case FetchStep fetch:
                if (!repository.Metadata.TryGetValue(fetch.File, out var file))
                    return TrustAnswer.Missing;
                Fetched.Add(file);
                return TrustAnswer.Of(file);
            case StoreStep store:
                kept[store.Role] = store.Bytes;
                return TrustAnswer.Done;
            case ForgetStep forget:
                kept.Remove(forget.Role);
                return TrustAnswer.Done;
            default:
                throw new BenchFailedException($"There is no step {step}.");
        }
    }
}
