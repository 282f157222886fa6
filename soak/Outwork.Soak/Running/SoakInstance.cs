using Outwork.Bench.Running;
using Outwork.Sdk.Testing.Chaos;
using Outwork.Soak.Observed;

namespace Outwork.Soak.Running;

/// <summary>The Outwork that is soaked: started as a user starts it, with ExecGuard and a product that misbehaves when it is told to.</summary>
internal sealed class SoakInstance : IAsyncDisposable
{
    private const string ProtectionLine = "Outwork protection is on";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly SoakOptions options;
    private readonly KeptProcess process;
    private bool isStopped;

    private SoakInstance(SoakOptions options, KeptProcess process) => (this.options, this.process) = (options, process);

    /// <summary>Where the control socket is.</summary>
    public string RunDirectory => RunDirectoryOf(options);

    /// <summary>All its processes are below this one.</summary>
    public int Root => process.KeeperPid;

    /// <summary>What it printed.</summary>
    public string Printed => process.Printed();

    /// <summary>ExecGuard's content directory.</summary>
    public string ProductContent => Path.Combine(StateDirectoryOf(options), "content", ProcessRoles.Product);

    private string ChaosContent => Path.Combine(StateDirectoryOf(options), "content", ProcessRoles.Chaos);

    /// <summary>Starts it and waits until it protects.</summary>
    public static async Task<SoakInstance> StartAsync(SoakOptions options, SoakMount mount, CancellationToken cancel)
    {
        string policy = Path.Combine(options.Work, "policy.yaml");
        string template = await File.ReadAllTextAsync(Path.Combine(options.Sources, "soak", "policy.yaml"), cancel);
        await File.WriteAllTextAsync(policy, template.Replace("@MOUNT@", mount.Root, StringComparison.Ordinal), cancel);
        // Folders of ours before its own: it must not make them for root alone.
        Directory.CreateDirectory(Path.Combine(StateDirectoryOf(options), "content", ProcessRoles.Chaos));
        await File.WriteAllTextAsync(Path.Combine(StateDirectoryOf(options), "content", ProcessRoles.Chaos, ChaosPlan.FileName), $"{ChaosBehavior.Behaves}\n", cancel);

        var kept = KeptProcess.Start(
            mount.Keeper, options.Length + TimeSpan.FromMinutes(5), Executable(options.Binaries),
            "up", "--headless", "--mount", mount.Point, "--run-dir", RunDirectoryOf(options), "--state-dir", StateDirectoryOf(options), "--policy", policy,
            "--product", $"execguard={options.Binaries}/outwork-execguard", "--product", $"chaos={options.Chaos}");
        try
        {
            await kept.WaitForLineAsync(ProtectionLine, StartTimeout, cancel);
            return new SoakInstance(options, kept);
        }
        catch
        {
            await kept.DisposeAsync();
            throw;
        }
    }

    /// <summary>The built command.</summary>
    public static string Executable(string binaries) => Path.Combine(binaries, "outwork");

    /// <summary>What the second product does from its next start on.</summary>
    public async Task SetBehaviorAsync(ChaosBehavior behavior)
    {
        // Whole or not at all: the product may read it at any time.
        string file = Path.Combine(ChaosContent, ChaosPlan.FileName), fresh = Path.Combine(options.Work, "chaos.new");
        await File.WriteAllTextAsync(fresh, $"{behavior}\n");
        File.Move(fresh, file, overwrite: true);
    }

    /// <summary>Stops it in order; a second time does nothing.</summary>
    public async ValueTask DisposeAsync()
    {
        if (isStopped)
            return;
        isStopped = true;
        await process.DisposeAsync();
    }

    private static string RunDirectoryOf(SoakOptions options) => Path.Combine(options.Work, "run");

    private static string StateDirectoryOf(SoakOptions options) => Path.Combine(options.Work, "state");
}
