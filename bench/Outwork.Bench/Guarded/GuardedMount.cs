using Outwork.Bench.Running;

namespace Outwork.Bench.Guarded;

/// <summary>
/// The one mount that every configuration guards: ext4 on a loop device, in this process's own mount namespace, holding a
/// small root in which the workloads run. Permission events are only ever asked for here, never for the machine's "/".
/// </summary>
internal sealed class GuardedMount : IAsyncDisposable
{
    private const string ImageSize = "2G";
    private static readonly string[] Tools = ["gcc", "make", "mkfs.ext4", "mount", "umount", "unshare", "chroot", "ldconfig"];

    private readonly string workloads;
    private readonly string binaries;

    private GuardedMount(BenchOptions options)
    {
        workloads = Path.Combine(options.Sources, "workloads");
        binaries = Path.Combine(options.Work, "bin");
        Root = Path.Combine(options.Work, "mount");
    }

    /// <summary>The mount point.</summary>
    public string Root { get; }

    /// <summary>True when fapolicyd is installed and stands ready inside.</summary>
    public bool HasFapolicyd { get; private set; }

    /// <summary>The keeper, outside the mount.</summary>
    public string Keeper => Path.Combine(binaries, "keeper");

    /// <summary>Tells what a program took, outside the mount.</summary>
    public string Usage => Path.Combine(binaries, "usage");

    /// <summary>Starts programs that nobody has judged yet, outside the mount.</summary>
    public string SpawnWatch => Path.Combine(binaries, "spawnwatch");

    /// <summary>The responder, outside the mount.</summary>
    public string Responder => Path.Combine(binaries, "responder");

    /// <summary>The small program, as the machine sees it.</summary>
    public string SmallProgram => Outside("/bench/small");

    /// <summary>The file that is opened, as the machine sees it.</summary>
    public string OpenedFile => Outside("/bench/opened");

    /// <summary>What the machine has to have for a run.</summary>
    public static IEnumerable<string> MissingTools() =>
        Tools.Where(tool => !Command.Exists(tool));

    /// <summary>Compiles the workloads, makes the file system and fills it.</summary>
    public static async Task<GuardedMount> CreateAsync(BenchOptions options, CancellationToken cancel)
    {
        var mount = new GuardedMount(options);
        try
        {
            await mount.CompileAsync(Path.Combine(options.Sources, "responder"), cancel);
            await mount.MountAsync(Path.Combine(options.Work, "image"), cancel);
            await mount.FillAsync(cancel);
            return mount;
        }
        catch
        {
            await mount.DisposeAsync();
            throw;
        }
    }

    /// <summary>A path inside the small root, as the machine sees it.</summary>
    public string Outside(string inside) => Root + inside;

    /// <summary>Runs a program inside the small root and returns its output.</summary>
    public Task<string> RunInsideAsync(string program, IEnumerable<string> arguments, CancellationToken cancel) =>
        Command.RunAsync("chroot", [Root, program, .. arguments], cancel);

    /// <summary>Unmounts. The namespace's end would do so too; this way the image can be removed at once.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!Directory.Exists(Outside("/bench")))
            return;
        if (HasFapolicyd)
            await Command.RunAsync("umount", [Outside("/proc")], CancellationToken.None);
        await Command.RunAsync("umount", [Root], CancellationToken.None);
    }

    private async Task CompileAsync(string responder, CancellationToken cancel)
    {
        Directory.CreateDirectory(binaries);
        var sources = Directory.GetFiles(workloads, "*.c").Append(Path.Combine(responder, "responder.c"));
        foreach (var source in sources)
        {
            var binary = Path.Combine(binaries, Path.GetFileNameWithoutExtension(source));
            await Command.RunAsync("gcc", ["-std=gnu17", "-O2", "-Wall", "-Wextra", "-Werror", "-o", binary, source], cancel);
        }
    }

    private async Task MountAsync(string image, CancellationToken cancel)
    {
        Directory.CreateDirectory(Root);
        await Command.RunAsync("truncate", ["-s", ImageSize, image], cancel);
        await Command.RunAsync("mkfs.ext4", ["-q", "-F", image], cancel);
        await Command.RunAsync("mount", ["-t", "ext4", "-o", "loop", image, Root], cancel);
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        string[] inside = ["small", "spawnbench", "openbench", "storm"];
        var files = inside.Select(name => Path.Combine(binaries, name));
        await Command.RunAsync("sh", [Path.Combine(workloads, "guarded-root.sh"), Root, .. files], cancel);
        await File.WriteAllTextAsync(OpenedFile, "opened and closed\n", cancel);
        if (Command.Exists("fapolicyd"))
        {
            await Command.RunAsync("sh", [Path.Combine(workloads, "fapolicyd-root.sh"), Root], cancel);
            await Command.RunAsync("mount", ["-t", "proc", "proc", Outside("/proc")], cancel);
            HasFapolicyd = true;
        }
        await Command.RunAsync("sync", ["-f", Root], cancel);
    }
}
