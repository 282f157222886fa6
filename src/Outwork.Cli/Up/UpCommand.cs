using System.CommandLine;
using System.CommandLine.Parsing;
using Outwork.Cli.Help;
using Outwork.Platform.Linux.Mounts;
using Outwork.Platform.Linux.Processes;

namespace Outwork.Cli.Up;

/// <summary><c>outwork up</c>: starts Outwork in the foreground; it ends with the command.</summary>
internal static class UpCommand
{
    private const int NeedsRoot = 3;
    private const int NotStarted = 1;

    /// <summary>The command.</summary>
    /// <param name="createView">What to show on a terminal.</param>
    public static Command Create(Func<ILiveView> createView)
    {
        var headless = new Option<bool>("--headless") { Description = "Print one line when protection is on, and keep running." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask before installing packages (for ./outwork up)." };
        Option<string> mount = new Option<string>("--mount")
        {
            Description = "Guard this mount instead of every local file system.",
            DefaultValueFactory = _ => "/",
        }.NotEmpty();
        mount.Validators.Add(CheckMount);
        Option<string> runDirectory = new Option<string>("--run-dir")
        {
            Description = "Where the lock and the control socket are.",
            DefaultValueFactory = _ => "/run/outwork",
        }.NotEmpty();
        Option<string> stateDirectory = new Option<string>("--state-dir")
        {
            Description = "Where content and exported events are kept.",
            DefaultValueFactory = _ => "/var/lib/outwork",
        }.NotEmpty();
        Option<string?> policy = new Option<string?>("--policy") { Description = "Policy file; default /etc/outwork/policy.yaml, else the built-in policy." }.NotEmpty();
        Option<string?> updates = new Option<string?>("--updates") { Description = "What content to follow; default /etc/outwork/updates.yaml, else none." }.NotEmpty();
        var products = new Option<string[]>("--product") { Description = "NAME=PROGRAM: run this product instead of ExecGuard; may be repeated." };
        var noProduct = new Option<bool>("--no-product") { Description = "Run no product: the policy alone decides." };
        var allowNetwork = new Option<string[]>("--allow-network") { Description = "NAME: this product may use the network if its manifest asks for it; may be repeated." };
        var allowResources = new Option<string[]>("--allow-resources")
        {
            Description = "NAME: this product gets all the memory, processor time and processes that its manifest asks for; may be repeated.",
        };
        var allowWeaker = new Option<bool>("--allow-weaker-confinement")
        {
            Description = "Run products, with a warning, also where this kernel cannot confine them fully.",
        };

        var command = new ExplainedCommand(
            "up", "Protect this machine until Ctrl-C.",
            headless, yes, mount, runDirectory, stateDirectory, policy, updates, products, noProduct, allowNetwork, allowResources, allowWeaker)
        {
            Examples =
            [
                "sudo outwork up", "sudo outwork up --mount /mnt --policy ./policy.yaml", "sudo outwork up --updates ./updates.yaml",
                "sudo outwork up --headless --product vendor=/opt/vendor/product",
            ],
        };

        // Not an async action: the command line library gives those two seconds after Ctrl-C, and stopping in order may need more.
        command.SetAction(parsed => Run(
            new UpOptions
            {
                Headless = parsed.GetValue(headless),
                Mount = FullFolder(parsed.GetValue(mount)!),
                RunDirectory = Path.GetFullPath(parsed.GetValue(runDirectory)!),
                StateDirectory = Path.GetFullPath(parsed.GetValue(stateDirectory)!),
                Policy = parsed.GetValue(policy) is { } file ? Path.GetFullPath(file) : null,
                Updates = parsed.GetValue(updates) is { } updatesFile ? Path.GetFullPath(updatesFile) : null,
                Products = parsed.GetValue(products) ?? [],
                NoProduct = parsed.GetValue(noProduct),
                AllowNetwork = parsed.GetValue(allowNetwork) ?? [],
                AllowResources = parsed.GetValue(allowResources) ?? [],
                AllowWeakerConfinement = parsed.GetValue(allowWeaker),
            },
            createView));
        return command;
    }

    // Said here, since the broker would only find out when all the rest has been started.
    private static void CheckMount(OptionResult result)
    {
        if (result.Tokens is [{ Value: { Length: > 0 } given }] && !MountTable.Read().Exists(mount => mount.MountPoint == FullFolder(given)))
            result.AddError($"{given} is not a mount point: give one, or leave --mount away to guard every local file system.");
    }

    // As the mount table has it: without a slash at the end.
    private static string FullFolder(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));

    private static int Run(UpOptions options, Func<ILiveView> createView)
    {
        if (!CurrentProcess.IsRoot)
        {
            Console.Error.WriteLine("outwork up needs root, to see and judge what this machine runs. Run: sudo outwork up");
            return NeedsRoot;
        }

        string warden = Path.Join(AppContext.BaseDirectory, "outwork-warden");
        if (!options.Headless)
        {
            ILiveView view = Console.IsOutputRedirected ? new PlainView(Console.Out) : createView();
            return new ForegroundSession(options, warden, view).Run();
        }

        // The warden's keeper takes this process's place: signals reach the one that must act on them.
        string refusal = ProgramReplacement.Execute(warden, ["keep", .. options.ToWardenArguments()], CurrentEnvironment.ToArray(), firstClosed: 3);
        Console.Error.WriteLine($"outwork: {refusal}");
        return NotStarted;
    }
}
