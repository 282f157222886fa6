using Outwork.Bench.Guarded;

namespace Outwork.Bench.Workloads;

/// <summary>
/// `make -j2` of a C source tree inside the small root. A few files are compiled first, so that the compiler is in the page
/// cache for every configuration; sources, headers and objects are met for the first time in the timed part.
/// </summary>
internal sealed class BuildWorkload(GuardedMount mount, int files, TimeProvider time) : IWorkload
{
    private const string Tree = "/bench/tree";

    private bool written;

    public string Id => "build";

    public string Name => $"build of {files} C files, make -j2";

    public async Task<double[]> RunAsync(CancellationToken cancel)
    {
        if (!written)
        {
            SourceTree.Write(mount.Outside(Tree), files);
            written = true;
        }
        await MakeAsync("clean", cancel);
        await MakeAsync("warm", cancel);
        var start = time.GetTimestamp();
        await MakeAsync("all", cancel);
        return [time.GetElapsedTime(start).TotalNanoseconds];
    }

    private Task<string> MakeAsync(string target, CancellationToken cancel) =>
        mount.RunInsideAsync("/usr/bin/make", ["-s", "-j2", "-C", Tree, target], cancel);
}
