using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using System.Security.Cryptography;

namespace Outwork.Fuzz;

/// <summary>The command line of the fuzzer.</summary>
internal sealed class FuzzCommand
{
    private const int NothingFound = 0, Found = 1, Usage = 2;
    private const int LongestCommitted = 4 * 1024;

    private readonly Option<string[]> targets = new("--target")
    {
        Description = $"Which parser; may be repeated. One of: {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}. Default: all, one after the other.",
    };

    private readonly Option<double> minutes = new("--cpu-minutes") { Description = "Processor time for each.", DefaultValueFactory = _ => 1 };
    private readonly Option<int?> seed = new("--seed") { Description = "The same seed tries the same inputs; default: another one each time, which is printed." };
    private readonly Option<int> grow = new("--grow") { Description = "Add at most so many inputs with an outcome of their own to the corpus of each." };
    private readonly Option<string?> sources = new("--sources") { Description = "The root of the sources (default: the current directory)." };

    /// <summary>The command, ready to be invoked.</summary>
    public RootCommand Build()
    {
        var command = new RootCommand(
            """
            Gives changed inputs to the parsers of untrusted bytes, and stops at the first that throws, hangs, or contradicts itself.

            Inputs come from the corpus in testassets/fuzz; one that has an outcome of its own is changed further. An input that breaks a parser is
            written to artifacts/fuzz.

            Examples:
              ./outwork fuzz                                        every parser, a minute each
              ./outwork fuzz --target metadata --cpu-minutes 24     one of them for longer
              ./outwork fuzz --target package --seed 7 --grow 20    the same again, and keep what was new
            """)
        {
            targets, minutes, seed, grow, sources,
        };
        command.Options.OfType<HelpOption>().Single().Aliases.Remove("-?");
        command.SetAction(Run);
        return command;
    }

    private int Run(ParseResult parsed)
    {
        string[] names = parsed.GetValue(targets) ?? [];
        string root = Path.GetFullPath(parsed.GetValue(sources) ?? ".");
        string assets = Path.Join(root, "testassets");
        TimeSpan limit = TimeSpan.FromMinutes(parsed.GetValue(minutes));
        if (Fault(names, assets, limit) is { } fault)
        {
            Console.Error.WriteLine("outwork fuzz: " + fault);
            return Usage;
        }

        int chosen = parsed.GetValue(seed) ?? RandomNumberGenerator.GetInt32(1, int.MaxValue);
        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) => (pressed.Cancel, _) = (true, stop.CancelAsync());
        foreach (FuzzTarget target in FuzzTargets.All.Where(t => names.Length == 0 || names.Contains(t.Name)))
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{target.Name}: seed {chosen}"));
            var run = new FuzzRun(target, assets, Path.Join(root, "artifacts", "fuzz"), chosen, TimeProvider.System);
            FuzzFault? broken = run.Run(limit, static progress => Console.WriteLine(progress), stop.Token);
            if (broken is not null)
            {
                Console.Error.WriteLine($"{target.Name} is broken by {broken.File}: {broken.What}");
                return Found;
            }

            Grow(run, Path.Join(assets, target.Found), parsed.GetValue(grow));
        }

        return NothingFound;
    }

    private static string? Fault(string[] names, string assets, TimeSpan limit)
    {
        if (names.FirstOrDefault(name => FuzzTargets.All.All(t => t.Name != name)) is { } unknown)
            return $"there is no target '{unknown}'; there are: {string.Join(", ", FuzzTargets.All.Select(t => t.Name))}";
        if (limit <= TimeSpan.Zero)
            return "--cpu-minutes must be more than 0";
        return Directory.Exists(assets) ? null : $"{assets} is not there; give the root of the sources with --sources";
    }

    private static void Grow(FuzzRun run, string folder, int most)
    {
        if (most > 0)
            _ = Directory.CreateDirectory(folder);
        foreach ((_, byte[] input) in run.New.Where(static n => n.Input.Length <= LongestCommitted).OrderBy(static n => n.Input.Length).Take(most))
            File.WriteAllBytes(Path.Join(folder, Convert.ToHexStringLower(SHA256.HashData(input))[..16]), input);
    }
}
