using System.Security.Cryptography;

namespace Outwork.Fuzz;

/// <summary>Fuzzes one parser on the calling thread until its processor time is used up, an input breaks it, or it is cancelled.</summary>
/// <param name="target">The parser.</param>
/// <param name="testAssets">The folder of all corpora.</param>
/// <param name="found">Where inputs that break it are written.</param>
/// <param name="seed">The same seed tries the same inputs.</param>
/// <param name="time">Finds what does not come back.</param>
internal sealed class FuzzRun(FuzzTarget target, string testAssets, string found, int seed, TimeProvider time)
{
    /// <summary>Processor time that one input may take: a parser whose time grows faster than its input is a fault too.</summary>
    public static readonly TimeSpan LongestRun = TimeSpan.FromSeconds(2);

    private const int Turn = 1_000;
    private readonly Random _random = new(seed);
    private byte[] _input = [];
    private long _startedAt;

    /// <summary>Inputs tried.</summary>
    public long Tried { get; private set; }

    /// <summary>Inputs that had an outcome of their own, smallest first found; they may join the corpus.</summary>
    public List<(string Outcome, byte[] Input)> New { get; } = [];

    /// <summary>Runs; returns the fault with the file that shows it, or null when there was none.</summary>
    /// <param name="limit">Processor time of this process.</param>
    /// <param name="report">Called about every ten seconds of processor time.</param>
    /// <param name="cancel">Ends it early.</param>
    /// <param name="most">Inputs after which it ends, to the next thousand.</param>
    public FuzzFault? Run(TimeSpan limit, Action<FuzzProgress> report, CancellationToken cancel, long most = long.MaxValue)
    {
        // Before the seeds: one of them may be what does not come back.
        using ITimer hangs = time.CreateTimer(_ => EndWhenHung(), null, LongestRun, LongestRun);
        var pool = new InputPool(_random);
        var mutator = new InputMutator(_random, target.Tokens, target.LongestInput);
        foreach (string file in Seeds())
        {
            byte[] seedInput = Path.GetExtension(file) == ".hex" ? FromHex(File.ReadAllText(file)) : File.ReadAllBytes(file);
            if (Try(seedInput, out string outcome) is { } fault)
                return fault;
            pool.AddSeed(seedInput, outcome);
        }

        TimeSpan begun = Used(), told = begun;
        while (!cancel.IsCancellationRequested && Used() - begun < limit && Tried < most)
        {
            for (int i = 0; i < Turn; i++)
            {
                byte[] input = mutator.Mutate(pool.Pick(), pool.Pick());
                if (target.Mend is { } mend && _random.Next(4) != 0)
                    input = mend(input);
                if (Try(input, out string outcome) is { } fault)
                    return fault;
                if (pool.Offer(input, outcome))
                    New.Add((outcome, input));
            }

            if (Used() - told < TimeSpan.FromSeconds(10))
                continue;
            told = Used();
            report(new FuzzProgress(target.Name, told - begun, Tried, pool.Outcomes));
        }

        report(new FuzzProgress(target.Name, Used() - begun, Tried, pool.Outcomes));
        return null;
    }

    private IEnumerable<string> Seeds() =>
        target.Corpus.Append(target.Found).Select(folder => Path.Join(testAssets, folder)).Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateFiles(folder).Order(StringComparer.Ordinal));

    private static byte[] FromHex(string text) => Convert.FromHexString(string.Concat(text.Where(char.IsAsciiHexDigit)));

    private static TimeSpan Used() => Environment.CpuUsage.TotalTime;

    private FuzzFault? Try(byte[] input, out string outcome)
    {
        _input = input;
        TimeSpan begun = Used();
        Volatile.Write(ref _startedAt, time.GetTimestamp());
        try
        {
            outcome = target.Run(input);
            TimeSpan took = Used() - begun;
            Tried++;
            return took < LongestRun ? null : new FuzzFault(Keep("slow"), $"it took {took.TotalSeconds:0.0} s");
        }
#pragma warning disable CA1031 // Whatever it throws is what is looked for.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            outcome = "";
            return new FuzzFault(Keep("crash"), thrown.ToString());
        }
        finally
        {
            Volatile.Write(ref _startedAt, 0);
        }
    }

    // A parser that does not come back cannot be ended otherwise.
    private void EndWhenHung()
    {
        long started = Volatile.Read(ref _startedAt);
        if (started == 0 || time.GetElapsedTime(started) < 30 * LongestRun)
            return;
        Environment.FailFast($"outwork-fuzz: {target.Name} does not come back from {Keep("hang")}");
    }

    private string Keep(string kind)
    {
        _ = Directory.CreateDirectory(found);
        string path = Path.Join(found, $"{target.Name}-{kind}-{Convert.ToHexStringLower(SHA256.HashData(_input))[..16]}");
        File.WriteAllBytes(path, _input);
        return path;
    }
}
