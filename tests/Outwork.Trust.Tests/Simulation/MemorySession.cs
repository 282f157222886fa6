using Outwork.Platform.Linux.Cryptography;
using Outwork.Trust.Workflow;

namespace Outwork.Trust.Tests.Simulation;

/// <summary>The workflow alone, without network and disk: the repository and what is kept are in memory, and an attacker may stand between.</summary>
internal sealed class MemorySession
{
    public MemorySession()
    {
        Repository = new SimulatedRepository(ConformanceCase.Start);
        Kept[SimulatedRepository.Root] = Repository.Published[SimulatedRepository.Root][0];
    }

    public SimulatedRepository Repository { get; }

    public Dictionary<string, ReadOnlyMemory<byte>> Kept { get; } = [];

    /// <summary>What the attacker answers to a fetch; null for what the repository has.</summary>
    public Func<FetchStep, TrustAnswer?> Attacker { get; set; } = static _ => null;

    public WorkflowLimits Limits { get; init; } = new();

    /// <summary>A session that trusts a repository with a file.</summary>
    public static MemorySession Trusting()
    {
        var session = new MemorySession();
        session.Repository.AddFile(SimulatedRepository.Targets, "harmless"u8.ToArray(), "file");
        session.Repository.Publish(SimulatedRepository.AllButRoot);
        session.Accepts("file");
        return session;
    }

    /// <summary>Refreshes as a device does on a day, and searches a file if one is named.</summary>
    public TrustStep Run(string? path = null, double day = 0)
    {
        var workflow = new ClientWorkflow(ConformanceCase.Start.AddDays(day), Limits, OpenSslEd25519.Instance);
        TrustStep end = Run(workflow.Refresh());
        return end is RefreshedStep && path is not null ? Run(workflow.Find(path)) : end;
    }

    /// <summary>Runs and expects this refusal; nothing that is kept may have changed but by what was trusted before it.</summary>
    public TrustRefusal Refuses(TrustRefusalCode code, string? path = null, double day = 0)
    {
        TrustRefusal refusal = Assert.IsType<RefusedStep>(Run(path, day)).Refusal;
        Assert.True(refusal.Code == code, refusal.ToString());
        Assert.NotEqual("", refusal.Reason);
        Assert.NotEqual("", refusal.Advice);
        return refusal;
    }

    public void Accepts(string? path = null, double day = 0)
    {
        TrustStep end = Run(path, day);
        Assert.False(end is RefusedStep, (end as RefusedStep)?.Refusal.ToString());
    }

    private TrustStep Run(WorkflowRun run)
    {
        while (!run.IsOver)
        {
            switch (run.Step)
            {
                case LoadStep load:
                    run.Answer(Kept.TryGetValue(load.Role, out ReadOnlyMemory<byte> bytes) ? TrustAnswer.Of(bytes) : TrustAnswer.Missing);
                    break;
                case FetchStep fetch:
                    run.Answer(Attacker(fetch) ?? (Repository.Get("metadata/" + fetch.File) is { } published ? TrustAnswer.Of(published) : TrustAnswer.Missing));
                    break;
                case StoreStep store:
                    Kept[store.Role] = store.Bytes;
                    run.Answer(TrustAnswer.Done);
                    break;
                default:
                    Kept.Remove(((ForgetStep)run.Step).Role);
                    run.Answer(TrustAnswer.Done);
                    break;
            }
        }

        return run.Step;
    }
}
