namespace Outwork.Fuzz.Tests;

/// <summary>The fuzzer itself: each target takes its corpus and what is made of it, and a parser that breaks is found.</summary>
public sealed class FuzzTargetTests : IDisposable
{
    private const long Inputs = 2_000;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("outwork-fuzz-").FullName;

    public static TheoryData<string> Targets => [.. FuzzTargets.All.Select(static target => target.Name)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [MemberData(nameof(Targets))]
    public void Target_takes_its_corpus_and_changes_of_it(string name)
    {
        FuzzTarget target = FuzzTargets.All.Single(target => target.Name == name);
        Assert.All(target.Corpus, static folder => Assert.NotEmpty(Directory.GetFiles(Path.Join(TestAssets, folder))));
        FuzzRun run = Run(target, TestAssets, seed: 1);
        int outcomes = 0;
        Assert.Null(run.Run(Limit, progress => outcomes = progress.Outcomes, TestContext.Current.CancellationToken, Inputs));
        Assert.True(run.Tried >= Inputs, $"{run.Tried} inputs");
        // What always has the same outcome tests one if.
        Assert.True(outcomes > 2, $"{outcomes} outcomes");
    }

    [Fact]
    public void Input_that_crashes_a_parser_is_told_and_kept()
    {
        Seed("aaaa"u8);
        var target = new FuzzTarget("broken", ["seeds"], [], static input => input.Span.Contains((byte)'!') ? throw new FormatException("it broke") : "fine");
        FuzzFault fault = Run(target, _folder, seed: 7).Run(Limit, static _ => { }, TestContext.Current.CancellationToken)!;
        Assert.Contains("it broke", fault.What, StringComparison.Ordinal);
        Assert.Contains((byte)'!', File.ReadAllBytes(fault.File));
    }

    [Fact]
    public void Seed_that_takes_too_long_is_told_and_kept()
    {
        Seed("slow"u8);
        var target = new FuzzTarget("slow", ["seeds"], [], static _ => Spin());
        FuzzFault fault = Run(target, _folder, seed: 7).Run(Limit, static _ => { }, TestContext.Current.CancellationToken)!;
        Assert.Contains("it took", fault.What, StringComparison.Ordinal);
        Assert.Equal("slow"u8.ToArray(), File.ReadAllBytes(fault.File));
    }

    [Fact]
    public void Same_seed_tries_the_same_inputs()
    {
        Seed("aaaa"u8);
        static string Digest(ReadOnlyMemory<byte> input) => Convert.ToHexString(input.Span);
        var target = new FuzzTarget("echo", ["seeds"], ["token"], Digest);
        string[] Outcomes(int seed)
        {
            FuzzRun run = Run(target, _folder, seed);
            Assert.Null(run.Run(Limit, static _ => { }, TestContext.Current.CancellationToken, 1_000));
            return [.. run.New.Select(static found => found.Outcome)];
        }

        Assert.Equal(Outcomes(3), Outcomes(3));
        Assert.NotEqual(Outcomes(3), Outcomes(4));
    }

    private static string TestAssets
    {
        get
        {
            DirectoryInfo? folder = new(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Join(folder.FullName, "Outwork.slnx")))
                folder = folder.Parent;
            return Path.Join(folder!.FullName, "testassets");
        }
    }

    private static string Spin()
    {
        TimeSpan end = Environment.CpuUsage.TotalTime + FuzzRun.LongestRun + TimeSpan.FromMilliseconds(100);
        while (Environment.CpuUsage.TotalTime < end)
        {
        }

        return "";
    }

    private void Seed(ReadOnlySpan<byte> input)
    {
        Directory.CreateDirectory(Path.Join(_folder, "seeds"));
        File.WriteAllBytes(Path.Join(_folder, "seeds", "one"), input);
    }

    private FuzzRun Run(FuzzTarget target, string assets, int seed) => new(target, assets, Path.Join(_folder, "found"), seed, TimeProvider.System);
}
