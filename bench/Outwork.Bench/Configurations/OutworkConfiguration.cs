using Outwork.Bench.Guarded;
using Outwork.Bench.Running;

namespace Outwork.Bench.Configurations;

/// <summary>
/// Outwork itself, as a user starts it, guarding the mount, with one of the policies in bench/policies, and with its own
/// products or those named: NAME=PROGRAM, the program beside the other executables.
/// </summary>
internal sealed class OutworkConfiguration(
    BenchOptions options, GuardedMount mount, string id, string name, string policy, params string[] products) : IConfiguration
{
    /// <summary>The line that `outwork up --headless` prints when it judges; the rest of the line is for people.</summary>
    public const string ProtectionLine = "Outwork protection is on";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);

    private int starts;

    public string Id => id;

    public string Name => name;

    /// <summary>The file on updates; null when content is not followed.</summary>
    public string? Updates { get; init; }

    /// <summary>After this time it is ended in any case.</summary>
    public TimeSpan Limit { get; init; } = UsualLimit;

    /// <summary>Run directory of the latest start; its control socket answers status.</summary>
    public string RunDirectory => Path.Combine(options.Work, $"run-{id}-{starts}");

    /// <summary>The built command.</summary>
    public static string Executable(BenchOptions options) => Path.Combine(options.Binaries, "outwork");

    public async Task<IAsyncDisposable> StartAsync(CancellationToken cancel)
    {
        starts++;
        var policyFile = Path.Combine(options.Work, $"{id}.yaml");
        var template = await File.ReadAllTextAsync(Path.Combine(options.Sources, "policies", policy), cancel);
        await File.WriteAllTextAsync(policyFile, template.Replace("@MOUNT@", mount.Root, StringComparison.Ordinal), cancel);

        string[] arguments =
        [
            "up", "--headless", "--mount", mount.Root, "--run-dir", RunDirectory,
            "--state-dir", Path.Combine(options.Work, $"state-{id}"), "--policy", policyFile,
            .. products.SelectMany(product => new[] { "--product", product.Replace("=", "=" + options.Binaries.TrimEnd('/') + "/", StringComparison.Ordinal) }),
            .. Updates is null ? [] : new[] { "--updates", Updates },
        ];
        var process = KeptProcess.Start(mount.Keeper, Limit, Executable(options), arguments);
        try
        {
            await process.WaitForLineAsync(ProtectionLine, StartTimeout, cancel);
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
