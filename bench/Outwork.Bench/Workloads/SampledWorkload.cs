using System.Runtime.InteropServices;
using Outwork.Bench.Guarded;

namespace Outwork.Bench.Workloads;

/// <summary>One of the C workloads that time each operation themselves (spawnbench, openbench), run inside the small root.</summary>
internal sealed class SampledWorkload(GuardedMount mount, string id, string name, string program, string target, int operations)
    : IWorkload
{
    // The runtimes of those who judge compile what is used often anew within their first seconds.
    private const int WarmupAtMost = 3_000;
    private const string Output = "/bench/samples";

    public string Id => id;

    public string Name => name;

    public async Task<double[]> RunAsync(CancellationToken cancel)
    {
        var warmup = Math.Min(operations, WarmupAtMost);
        await mount.RunInsideAsync(program, [target, operations.ToString(), warmup.ToString(), Output], cancel);
        var bytes = await File.ReadAllBytesAsync(mount.Outside(Output), cancel);
        return Array.ConvertAll(MemoryMarshal.Cast<byte, uint>(bytes).ToArray(), sample => (double)sample);
    }
}
