using System.Diagnostics;
using System.Text.Json;
using Outwork.Soak.Planning;

namespace Outwork.Soak.Tests;

/// <summary>A real soak on the real kernel, short, with a seed whose plan has every kind of fault early.</summary>
public sealed class RealSoakTests
{
    private const int Seed = 7;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);
    private static readonly string Binaries = Environment.GetEnvironmentVariable("OUTWORK_BIN") ?? Path.Combine(SoakProgram.Root, "artifacts", "bin");

    [Fact]
    public async Task Every_kind_of_fault_is_survived()
    {
        RequiresRoot.Check();
        using var directory = new TempDirectory();
        string json = directory["soak.json"];
        using Process soak = SoakProgram.Start("--minutes", "1", "--seed", $"{Seed}", "--bin", Binaries, "--sources", SoakProgram.Root, "--json", json);
        Task<string> errors = soak.StandardError.ReadToEndAsync(), output = soak.StandardOutput.ReadToEndAsync();
        await soak.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.True(soak.ExitCode == 0, await errors + await output);
        Assert.Contains("no violation", await output);
        Assert.Contains("longest wait of any operation", await output);

        JsonElement report = JsonDocument.Parse(await File.ReadAllTextAsync(json)).RootElement;
        Assert.Equal(0, report.GetProperty("violationCount").GetInt32());
        Assert.Empty(report.GetProperty("notDone").EnumerateArray());
        Assert.True(report.GetProperty("builds").GetInt32() > 0);
        Assert.All(report.GetProperty("waits").EnumerateArray(), static row => Assert.True(row.GetProperty("count").GetInt64() > 100, row.ToString()));
        // While the broker was killed something ran that is denied: the probe really looks.
        Assert.Contains(report.GetProperty("faults").EnumerateArray(), static row => row.GetProperty("kind").GetString() == "KillBroker" && row.GetProperty("ruleAllowed").GetInt32() > 0);
    }

    [Fact]
    public async Task Interrupted_soak_reports_what_was_done_and_leaves_nothing()
    {
        RequiresRoot.Check();
        using Process soak = SoakProgram.Start("--minutes", "10", "--seed", "1", "--bin", Binaries, "--sources", SoakProgram.Root);
        Task<string> output = soak.StandardOutput.ReadToEndAsync();
        Assert.Contains("seed 1", await soak.StandardError.ReadLineAsync());
        Assert.Contains("faults begin", await soak.StandardError.ReadLineAsync());
        Task<string> errors = soak.StandardError.ReadToEndAsync();
        TestProcess.Run("/bin/kill", "-INT", $"{soak.Id}");
        await soak.WaitForExitAsync(new CancellationTokenSource(Patience).Token);
        Assert.Contains("Interrupted after", await output);
        Assert.True(soak.ExitCode == 0, await errors + await output);
    }

    [Fact]
    public void Plan_of_the_seed_has_every_kind_among_its_first()
    {
        var first = SoakPlanner.Plan(Seed, TimeSpan.FromMinutes(1), SoakPace.Quick).Take(FaultTraits.Kinds.Count).Select(static fault => fault.Kind).ToHashSet();
        Assert.Empty(FaultTraits.Kinds.Except(first));
    }
}
