using Outwork.Bench.Guarded;
using Outwork.Bench.Running;

namespace Outwork.Soak.Running;

/// <summary>
/// Where the soak works: a guarded file system with a small root that holds a compiler, and one that nobody guards, for the control
/// operations. Both are in this process's own mount namespace. The machine's "/" is never guarded.
/// </summary>
internal sealed class SoakMount : IAsyncDisposable
{
    private const int TreeFiles = 30;
    private static readonly string[] Tools = ["gcc", "make", "mount", "umount", "unshare", "setsid", "chroot", "ldconfig", "kill", "prlimit"];

    private readonly SoakOptions options;
    private readonly bool isOurs;

    private SoakMount(SoakOptions options)
    {
        this.options = options;
        isOurs = options.Mount is null;
        Point = options.Mount ?? Path.Combine(options.Work, "guarded");
        Root = isOurs ? Point : Path.Combine(Point, $"outwork-soak-{Environment.ProcessId}");
        Control = Path.Combine(options.Work, "control");
    }

    /// <summary>The mount point that is guarded.</summary>
    public string Point { get; }

    /// <summary>The soak's folder on it: all of it, when the file system is the soak's own.</summary>
    public string Root { get; }

    /// <summary>The mount that nobody guards.</summary>
    public string Control { get; }

    /// <summary>The compiled probe.</summary>
    public string Probe => Program("soakprobe");

    /// <summary>The benchmark's keeper, which ends what it keeps when this process ends, however it does.</summary>
    public string Keeper => Program("keeper");

    /// <summary>What the machine has to have.</summary>
    public static IEnumerable<string> MissingTools() => Tools.Where(tool => !Command.Exists(tool));

    /// <summary>Compiles, mounts, and fills.</summary>
    public static async Task<SoakMount> CreateAsync(SoakOptions options, CancellationToken cancel)
    {
        var mount = new SoakMount(options);
        try
        {
            await mount.CompileAsync(cancel);
            await MountAsync(mount.Control, "64m", cancel);
            if (mount.isOurs)
                await MountAsync(mount.Root, "1g", cancel);
            else
                Directory.CreateDirectory(mount.Root);
            await mount.FillAsync(cancel);
            return mount;
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs a program inside the small root and returns its output.</summary>
    public Task<string> RunInsideAsync(string program, IEnumerable<string> arguments, CancellationToken cancel) =>
        Command.RunAsync("chroot", [Root, program, .. arguments], cancel);

    public async ValueTask DisposeAsync()
    {
        foreach (string point in isOurs ? [Root, Control] : new[] { Control })
        {
            if (IsMountPoint(point))
                await Command.RunAsync("umount", [point], CancellationToken.None);
        }
        if (!isOurs && Directory.Exists(Root))
            Directory.Delete(Root, recursive: true);
    }

    /// <summary>True when a file system is mounted there.</summary>
    public static bool IsMountPoint(string path) =>
        File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == path);

    private string Program(string name) => Path.Combine(options.Work, "programs", name);

    private async Task CompileAsync(CancellationToken cancel)
    {
        string ours = Path.Combine(options.Sources, "soak", "programs"), bench = Path.Combine(options.Sources, "bench", "workloads");
        Directory.CreateDirectory(Path.Combine(options.Work, "programs"));
        foreach (string source in new[] { Path.Combine(ours, "soakprobe.c"), Path.Combine(bench, "keeper.c"), Path.Combine(bench, "storm.c"), Path.Combine(bench, "small.c") })
            await GccAsync(source, ["-O2"], cancel);
        await GccAsync(Path.Combine(ours, "program.c"), ["-Os", "-static", "-nostdlib"], cancel);
    }

    private Task<string> GccAsync(string source, string[] flags, CancellationToken cancel) =>
        Command.RunAsync(
            "gcc", ["-std=gnu17", .. flags, "-Wall", "-Wextra", "-Werror", "-o", Program(Path.GetFileNameWithoutExtension(source)), source], cancel);

    private static async Task MountAsync(string point, string size, CancellationToken cancel)
    {
        Directory.CreateDirectory(point);
        await Command.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={size},mode=755", "outwork-soak", point], cancel);
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        string script = Path.Combine(options.Sources, "bench", "workloads", "guarded-root.sh");
        await Command.RunAsync("sh", [script, Root, Program("small"), Program("storm")], cancel);
        SourceTree.Write(Root + "/bench/tree", TreeFiles);
        foreach (string root in new[] { Root, Control })
        {
            foreach (string folder in new[] { "fresh", "chaos", "files", "packages", "refused" })
                Directory.CreateDirectory(Path.Combine(root, "soak", folder));
            foreach (string program in new[] { "program", "refused/program" })
                File.Copy(Program("program"), Path.Combine(root, "soak", program));
        }
        // Put together here: a source or an assembly that held the string would itself be what is looked for.
        string eicar = string.Concat(@"X5O!P%@AP[4\PZX54(P^)", "7CC)7}$EICAR-STANDARD-", "ANTIVIRUS-TEST-FILE!$H+H*");
        await File.WriteAllTextAsync(Path.Combine(Root, "soak", "found"), eicar + "\n", cancel);
    }
}
