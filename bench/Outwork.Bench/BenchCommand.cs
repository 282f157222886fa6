using System.CommandLine;
using System.Text.Json;
using Outwork.Bench.Configurations;
using Outwork.Bench.Guarded;
using Outwork.Bench.Reports;
using Outwork.Bench.Running;
using Spectre.Console;

namespace Outwork.Bench;

/// <summary>The command line of the benchmark.</summary>
internal sealed class BenchCommand
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly Option<bool> quick = new("--quick") { Description = "Short and rough: 2 rounds of 500 operations." };
    private readonly Option<int> rounds = new("--rounds") { Description = "Interleaved rounds.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> operations = new("--ops") { Description = "Spawns a round; ten times as many opens.", DefaultValueFactory = _ => 3_000 };
    private readonly Option<string> only = new("--only") { Description = $"Parts, comma-separated: {string.Join(',', BenchOptions.AllParts)}." };
    private readonly Option<string> configurations = new("--configurations")
    {
        Description = "Configurations, comma-separated: responder,responder-ask,responder-cache,warm,uncached,fapolicyd. Nothing installed is always measured.",
    };
    private readonly Option<string> json = new("--json") { Description = "Write all numbers to this file." };
    private readonly Option<string> markdown = new("--markdown") { Description = "Replace the marked sections of this document, those of what was measured." };
    private readonly Option<string> binaries = new("--bin") { Description = "Directory of the built executables (default: where this program is)." };
    private readonly Option<string> sources = new("--sources") { Description = "The bench directory of the sources (default: found above this program)." };

    /// <summary>The command, ready to be invoked.</summary>
    public RootCommand Build(string[] arguments)
    {
        var command = new RootCommand("Measures what Outwork costs, beside nothing, the least possible responder, and fapolicyd.")
        {
            quick, rounds, operations, only, configurations, json, markdown, binaries, sources,
        };
        command.SetAction((parsed, cancel) => RunAsync(parsed, arguments, cancel));
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, string[] arguments, CancellationToken cancel)
    {
        try
        {
            if (!Environment.IsPrivilegedProcess)
                throw new BenchFailedException("The benchmark mounts a file system and sets permission marks on it: run it as root.");
            if (PrivateNamespace.WorkDirectory is not { } work)
                return await PrivateNamespace.EnterAsync(arguments, cancel);
            using var either = PrivateNamespace.WithOutside(cancel);
            try
            {
                await MeasureAsync(Options(parsed, work), CommandLine(arguments), either.Token);
                return 0;
            }
            finally
            {
                PrivateNamespace.RemoveWork(work);
            }
        }
        catch (BenchFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message.AsMemory(), CancellationToken.None);
            return 1;
        }
        catch (OperationCanceledException)
        {
            return 130;
        }
    }

    private static async Task MeasureAsync(BenchOptions options, string commandLine, CancellationToken cancel)
    {
        Check(options);
        BenchReport report;
        await using (var mount = await GuardedMount.CreateAsync(options, cancel))
            report = await new BenchRun(options, mount, TimeProvider.System, Console.Error.WriteLine).RunAsync(commandLine, cancel);

        TerminalReport.Print(ReportConsole.Create(), report);
        if (options.JsonFile is { } jsonFile)
            await File.WriteAllTextAsync(jsonFile, JsonSerializer.Serialize(report, Json), cancel);
        if (options.MarkdownFile is { } document)
            await File.WriteAllTextAsync(document, MarkdownReport.Replace(await File.ReadAllTextAsync(document, cancel), report), cancel);
    }

    private static void Check(BenchOptions options)
    {
        var unknown = options.Parts.Except(BenchOptions.AllParts).ToArray();
        if (unknown.Length > 0)
            throw new BenchFailedException($"--only {string.Join(',', unknown)}: known are {string.Join(',', BenchOptions.AllParts)}.");
        if (options.Rounds < 1 || options.Operations < 1)
            throw new BenchFailedException("--rounds and --ops must be at least 1.");
        var missing = GuardedMount.MissingTools().ToArray();
        if (missing.Length > 0)
            throw new BenchFailedException($"Missing: {string.Join(", ", missing)}. On Debian: apt-get install gcc libc6-dev make e2fsprogs mount");
        if (options.MarkdownFile is { } document && !File.Exists(document))
            throw new BenchFailedException($"--markdown {document}: no such file.");
        var needsOutwork = options.Configurations.Count == 0 || options.Configurations.Intersect(["warm", "uncached"]).Any();
        if (needsOutwork && !File.Exists(OutworkConfiguration.Executable(options)))
            throw new BenchFailedException($"{OutworkConfiguration.Executable(options)} is not there: build Outwork first, or leave it out with --configurations.");
    }

    private BenchOptions Options(ParseResult parsed, string work)
    {
        var isQuick = parsed.GetValue(quick);
        return new BenchOptions
        {
            Quick = isQuick,
            Rounds = isQuick && parsed.GetResult(rounds)?.Implicit != false ? 2 : parsed.GetValue(rounds),
            Operations = isQuick && parsed.GetResult(operations)?.Implicit != false ? 500 : parsed.GetValue(operations),
            Parts = parsed.GetValue(only)?.Split(',') ?? BenchOptions.AllParts,
            Configurations = parsed.GetValue(configurations)?.Split(',') ?? [],
            Binaries = parsed.GetValue(binaries) ?? AppContext.BaseDirectory,
            Sources = parsed.GetValue(sources) ?? FindSources(),
            Work = work,
            JsonFile = parsed.GetValue(json),
            MarkdownFile = parsed.GetValue(markdown),
        };
    }

    // Up from artifacts/bin, or from bench/Outwork.Bench/bin/...
    private static string FindSources()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            var candidate = Path.Combine(directory.FullName, "bench");
            if (File.Exists(Path.Combine(candidate, "responder", "responder.c")))
                return candidate;
        }
        throw new BenchFailedException("The bench directory of the sources was not found above this program: give --sources.");
    }

    // As a reader would type it; where the report went is not part of what was measured.
    private static string CommandLine(string[] arguments)
    {
        var shown = new List<string> { "./outwork", "bench" };
        string[] withPath = ["--json", "--markdown", "--bin", "--sources"];
        for (var i = 0; i < arguments.Length; i++)
        {
            if (withPath.Contains(arguments[i]))
                i++;
            else
                shown.Add(arguments[i]);
        }
        return string.Join(' ', shown);
    }
}
