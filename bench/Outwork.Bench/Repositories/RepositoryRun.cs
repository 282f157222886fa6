using System.Globalization;
using Outwork.Bench.Guarded;
using Outwork.Bench.Running;
using Outwork.Bench.Statistics;

namespace Outwork.Bench.Repositories;

/// <summary>What a device pays to follow a large repository.</summary>
/// <param name="Files">Files in it.</param>
/// <param name="Bins">Hashed bins.</param>
/// <param name="MetadataBytes">Metadata that a device that has only the root fetches for one file.</param>
/// <param name="Signatures">Signatures that are checked for it.</param>
/// <param name="ClientCpuSeconds">Processor time of the whole client process, start of the runtime included: refresh and one file. Ascending.</param>
/// <param name="ClientResidentBytes">The most memory that it had. Ascending.</param>
/// <param name="Verification">Time of one refresh and search in a process that runs already, nanoseconds.</param>
/// <param name="Ratio">Of that to the bare checks.</param>
internal sealed record RepositoryResult(
    int Files, int Bins, long MetadataBytes, int Signatures, IReadOnlyList<double> ClientCpuSeconds, IReadOnlyList<long> ClientResidentBytes,
    SampleSummary Verification, RatioEstimate Ratio);

/// <summary>Measures <see cref="RepositoryResult"/>.</summary>
internal sealed class RepositoryRun(BenchOptions options, GuardedMount mount, TimeProvider time, Action<string> progress, int seed)
{
    private const int Files = 100_000;
    private const int QuickFiles = 10_000;
    private const int Bits = 9;
    private const int OneFile = 4_242;
    private const int Rounds = 5;
    private const int Operations = 300;
    private const int Clients = 5;

    private string Client => Path.Combine(options.Binaries, "outwork-tuf-client");

    private string Work => Path.Combine(options.Work, "repository");

    /// <summary>Makes the repository and follows it.</summary>
    public async Task<RepositoryResult> MeasureAsync(CancellationToken cancel)
    {
        var files = options.Quick ? QuickFiles : Files;
        var now = time.GetUtcNow();
        progress($"repository: making one of {files} files");
        var repository = LargeRepository.Create(files, Bits, now);
        var first = new MemoryDevice(repository, now);
        first.Take(LargeRepository.PathOf(OneFile), LargeRepository.BytesOf(OneFile));
        var bare = new BareChecks(repository.Root, first.Fetched);
        var (verified, checks) = Verify(repository, bare, now, cancel);
        repository.WriteTo(Path.Combine(Work, "public"), OneFile);
        var clients = await FollowAsync(cancel);
        return new RepositoryResult(
            files, repository.Bins, first.Fetched.Sum(static file => (long)file.Length), bare.Signatures,
            [.. clients.Select(static used => used.CpuNs / 1e9).Order()], [.. clients.Select(static used => used.ResidentBytes).Order()],
            SampleSummary.Of(verified), RatioEstimate.Of(verified, checks, new Random(seed)));
    }

    private (List<double[]> Verified, List<double[]> Bare) Verify(LargeRepository repository, BareChecks bare, DateTimeOffset now, CancellationToken cancel)
    {
        var path = LargeRepository.PathOf(OneFile);
        var content = LargeRepository.BytesOf(OneFile);
        var operations = options.Quick ? Operations / 10 : Operations;
        List<double[]> verified = [], checks = [];
        // The first round is for the compiler.
        for (var round = 0; round <= Rounds; round++)
        {
            progress($"repository: verification, round {round}/{Rounds}");
            cancel.ThrowIfCancellationRequested();
            double[] all = new double[operations], few = new double[operations];
            for (var i = 0; i < operations; i++)
            {
                all[i] = Timed(() => new MemoryDevice(repository, now).Take(path, content));
                few[i] = Timed(() => bare.Run(content));
            }
            if (round == 0)
                continue;
            verified.Add(all);
            checks.Add(few);
        }
        return (verified, checks);
    }

    private double Timed(Action action)
    {
        var start = time.GetTimestamp();
        action();
        return time.GetElapsedTime(start).TotalNanoseconds;
    }

    private async Task<List<(double CpuNs, long ResidentBytes)>> FollowAsync(CancellationToken cancel)
    {
        using var server = new FolderServer(Path.Combine(Work, "public"));
        var used = new List<(double, long)>();
        for (var i = 1; i <= Clients; i++)
        {
            progress($"repository: client {i}/{Clients}");
            var device = Path.Combine(Work, $"device-{i}");
            var downloads = Path.Combine(Work, $"files-{i}");
            Directory.CreateDirectory(downloads);
            await Command.RunAsync(Client, ["--metadata-dir", device, "init", Path.Combine(Work, "public", "metadata", "1.root.json")], cancel);
            string[] arguments =
            [
                Client, "--metadata-dir", device, "--metadata-url", server.Address + "/metadata", "--target-name", LargeRepository.PathOf(OneFile),
                "--target-base-url", server.Address + "/targets", "--target-dir", downloads, "download",
            ];
            var numbers = Numbers(await Command.RunAsync(mount.Usage, arguments, cancel));
            used.Add((numbers["cpu_ns"], (long)numbers["resident_bytes"]));
        }
        return used;
    }

    // From usage's output: a name and a number a line.
    private static Dictionary<string, double> Numbers(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '))
            .ToDictionary(words => words[0], words => double.Parse(words[1], CultureInfo.InvariantCulture));
}
