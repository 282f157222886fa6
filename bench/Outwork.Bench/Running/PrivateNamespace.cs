namespace Outwork.Bench.Running;

/// <summary>
/// The run happens in a mount namespace of its own: what it mounts is seen by nobody else, mount marks (fapolicyd's) reach
/// nobody else, and whatever happens to the run, the kernel unmounts all of it with the last process inside.
/// </summary>
internal static class PrivateNamespace
{
    private const string WorkVariable = "OUTWORK_BENCH_WORK";

    /// <summary>The private directory of a run inside the namespace, or null outside.</summary>
    public static string? WorkDirectory => Environment.GetEnvironmentVariable(WorkVariable);

    /// <summary>Runs this program again inside a new namespace, with the same arguments, and removes its directory afterwards.</summary>
    public static async Task<int> EnterAsync(string[] arguments, CancellationToken cancel)
    {
        var work = Directory.CreateTempSubdirectory("outwork-bench-").FullName;
        // Everyone may pass through: products run as users of their own.
        File.SetUnixFileMode(work, (UnixFileMode)0b111_101_101);
        try
        {
            var self = Environment.ProcessPath ?? throw new BenchFailedException("The program's own path is unknown.");
            // In a session of its own: Ctrl-C reaches the process outside alone, which tells the one inside to end in order.
            return await Command.RunInheritingAsync(
                "setsid",
                ["--wait", "unshare", "--mount", "--propagation", "private", "--", self, .. arguments],
                new Dictionary<string, string> { [WorkVariable] = work },
                cancel);
        }
        finally
        {
            RemoveWork(work);
        }
    }

    /// <summary>Inside: a token that is cancelled when the process outside is gone, or wants this one to end.</summary>
    public static CancellationTokenSource WithOutside(CancellationToken cancel)
    {
        var either = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _ = Task.Run(
            async () =>
            {
                await Console.In.ReadToEndAsync(CancellationToken.None);
                await either.CancelAsync();
            },
            CancellationToken.None);
        return either;
    }

    /// <summary>Removes the run's directory; whoever of the two processes is the last to end finds it gone already.</summary>
    public static void RemoveWork(string work)
    {
        if (Directory.Exists(work))
            Directory.Delete(work, recursive: true);
    }
}
