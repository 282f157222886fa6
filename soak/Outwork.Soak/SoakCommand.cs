using System.CommandLine;
using System.CommandLine.Help;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Outwork.Bench.Running;
using Outwork.Soak.Reports;
using Outwork.Soak.Running;
using Spectre.Console;

namespace Outwork.Soak;

/// <summary>The command line of the soak.</summary>
internal sealed class SoakCommand
{
    /// <summary>Shorter runs have not time for anything.</summary>
    public const double FewestMinutes = 0.2;

    /// <summary>A day and a half: the keeper's limit follows from it.</summary>
    public const double MostMinutes = 2160;

    private const int Held = 0, Violated = 1, Failed = 3, Usage = 2;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerOptions.Web) { WriteIndented = true, Converters = { new JsonStringEnumConverter() } };

    private readonly Option<double> minutes = new("--minutes") { Description = "How long; below 10 growth is reported and not judged.", DefaultValueFactory = _ => 30 };
    private readonly Option<int?> seed = new("--seed") { Description = "What is done follows from it; default: another one each time, which is printed." };
    private readonly Option<string?> mount = new("--mount") { Description = "Guard this mount point and work in a folder on it, instead of a file system of its own." };
    private readonly Option<string?> json = new("--json") { Description = "Write the whole report to this file." };
    private readonly Option<bool> plan = new("--plan") { Description = "Print what would be done, and do nothing." };
    private readonly Option<string?> binaries = new("--bin") { Description = "Directory of the built executables (default: artifacts/bin of the sources)." };
    private readonly Option<string?> chaos = new("--chaos") { Description = "The product that misbehaves (default: that of the sources, built like this program)." };
    private readonly Option<string?> sources = new("--sources") { Description = "The root of the sources (default: found above this program)." };

    private static readonly string[] Examples =
    [
        "./outwork soak                                half an hour, another seed each time",
        "./outwork soak --minutes 5 --seed 7           the same five minutes again and again",
        "./outwork soak --minutes 600 --json soak.json overnight, with all numbers in a file",
        "./outwork soak --minutes 5 --seed 7 --plan    only tell what would be done",
    ];

    /// <summary>The command, ready to be invoked.</summary>
    public RootCommand Build(string[] arguments)
    {
        var command = new RootCommand(
            "Works on a guarded mount while Outwork's processes are killed, stopped, starved and fed chaos at random, and checks all the while that nobody is hurt.")
        {
            minutes, seed, mount, json, plan, binaries, chaos, sources,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed, arguments, cancel));
        HelpOption help = command.Options.OfType<HelpOption>().Single();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, Examples);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, string[] arguments, CancellationToken cancel)
    {
        try
        {
            if (Fault(parsed) is { } fault)
            {
                await Console.Error.WriteLineAsync(fault.AsMemory(), CancellationToken.None);
                return Usage;
            }
            int chosen = parsed.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, int.MaxValue);
            if (parsed.GetValue(plan))
            {
                PrintPlan(parsed, chosen);
                return Held;
            }
            if (!Environment.IsPrivilegedProcess)
                throw new BenchFailedException("The soak mounts file systems and guards one of them: run it as root.");
            // The seed is chosen outside, so that it is the same inside.
            if (PrivateNamespace.WorkDirectory is not { } work)
                return await PrivateNamespace.EnterAsync(parsed.GetValue(seed) is null ? [.. arguments, "--seed", $"{chosen}"] : arguments, cancel);
            using var either = PrivateNamespace.WithOutside(cancel);
            try
            {
                return await SoakAsync(Options(parsed, chosen, work), either.Token);
            }
            finally
            {
                PrivateNamespace.RemoveWork(work);
            }
        }
        catch (BenchFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message.AsMemory(), CancellationToken.None);
            return Failed;
        }
        catch (OperationCanceledException)
        {
            // Before anything was soaked.
            return 130;
        }
    }

    private static async Task<int> SoakAsync(SoakOptions options, CancellationToken cancel)
    {
        var clock = new SoakClock(TimeProvider.System);
        var progress = new ProgressLine(Console.Error, !Console.IsErrorRedirected, clock);
        progress.Say($"soak: {options.Length.TotalMinutes:0.###} min, seed {options.Seed}; to repeat: {options.Again}");
        SoakReport report;
        await using (SoakMount place = await SoakMount.CreateAsync(options, cancel))
        {
            using var run = new SoakRun(options, place, clock, progress);
            try
            {
                report = await run.RunAsync(cancel);
            }
            finally
            {
                await KeepLogAsync(options, run.InstanceLog);
            }
        }
        TerminalReport.Print(Bench.Reports.ReportConsole.Create(), report);
        if (options.JsonFile is { } file)
            await File.WriteAllTextAsync(file, JsonSerializer.Serialize(report, Json), CancellationToken.None);
        return report.ViolationCount == 0 ? Held : Violated;
    }

    // Beside the build's logs: what Outwork itself said explains most of what went wrong.
    private static async Task KeepLogAsync(SoakOptions options, string log)
    {
        string directory = Path.Combine(options.Sources, "artifacts", "log");
        Directory.CreateDirectory(directory);
        await File.WriteAllTextAsync(Path.Combine(directory, "soak-outwork.log"), log + "\n", CancellationToken.None);
    }

    private string? Fault(ParseResult parsed)
    {
        double length = parsed.GetValue(minutes);
        if (!(length >= FewestMinutes && length <= MostMinutes))
            return $"--minutes {length}: expected {FewestMinutes} to {MostMinutes}";
        if (parsed.GetValue(mount) is { } point)
        {
            if (Path.GetFullPath(point) == "/")
                return "--mount /: the soak stops and kills what guards; on \"/\" the whole machine would wait for it. Give another mount point.";
            if (!SoakMount.IsMountPoint(Path.GetFullPath(point).TrimEnd('/')))
                return $"--mount {point}: not a mount point";
        }
        if (parsed.GetValue(json) is { } file && Path.GetDirectoryName(Path.GetFullPath(file)) is { } directory && !Directory.Exists(directory))
            return $"--json {file}: no such directory";
        return null;
    }

    private SoakOptions Options(ParseResult parsed, int chosen, string work)
    {
        string[] missing = [.. SoakMount.MissingTools()];
        if (missing.Length > 0)
            throw new BenchFailedException($"Missing: {string.Join(", ", missing)}. On Debian: apt-get install gcc libc6-dev make mount util-linux procps");
        string root = Path.GetFullPath(parsed.GetValue(sources) ?? FindSources());
        // .../soak/Outwork.Soak/bin/CONFIGURATION/net10.0/linux-x64/
        string configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent?.Parent?.Name ?? "Release";
        var options = new SoakOptions
        {
            Length = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
            Seed = chosen,
            Mount = parsed.GetValue(mount) is { } point ? Path.GetFullPath(point).TrimEnd('/') : null,
            JsonFile = parsed.GetValue(json),
            Binaries = Path.GetFullPath(parsed.GetValue(binaries) ?? Path.Combine(root, "artifacts", "bin")).TrimEnd('/'),
            Chaos = Path.GetFullPath(parsed.GetValue(chaos) ?? Path.Combine(root, "testassets", "ChaosProduct", "bin", configuration, "net10.0", "linux-x64", "chaos-product")),
            Sources = root,
            Work = work,
        };
        foreach (string program in new[] { SoakInstance.Executable(options.Binaries), options.Chaos })
        {
            if (!File.Exists(program))
                throw new BenchFailedException($"{program} is not there: start the soak with ./outwork soak, which builds it.");
        }
        return options;
    }

    private void PrintPlan(ParseResult parsed, int chosen)
    {
        TimeSpan length = TimeSpan.FromMinutes(parsed.GetValue(minutes));
        foreach (Planning.PlannedFault fault in Planning.SoakPlanner.Plan(chosen, length, Planning.SoakPace.For(length)))
            Console.WriteLine(FormattableString.Invariant($"{fault.NotBefore.TotalSeconds,8:0.00} s  {fault}"));
    }

    private static string FindSources()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (File.Exists(Path.Combine(directory.FullName, "soak", "programs", "soakprobe.c")))
                return directory.FullName;
        }
        throw new BenchFailedException("The sources were not found above this program: give --sources.");
    }
}
