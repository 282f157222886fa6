using System.Collections.Concurrent;
using Outwork.Cli.Certify;
using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Certify.Tests;

/// <summary>Every behaviour certified once, several at a time: most of a run is waiting.</summary>
public sealed class ChaosRuns : IDisposable
{
    private const int AtOnce = 6;

    private readonly ConcurrentDictionary<ChaosBehavior, TaskCompletionSource<CertifyReport>> _reports = new();
    private readonly Thread[] _threads;
    private int _next = -1;

    public ChaosRuns()
    {
        foreach (ChaosBehavior behavior in Enum.GetValues<ChaosBehavior>())
            _reports[behavior] = new TaskCompletionSource<CertifyReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        _threads = [.. Enumerable.Range(0, AtOnce).Select(_ => new Thread(Work))];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    internal Task<CertifyReport> Of(ChaosBehavior behavior) => _reports[behavior].Task;

    public void Dispose()
    {
        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Work()
    {
        ChaosBehavior[] all = Enum.GetValues<ChaosBehavior>();
        int at;
        while ((at = Interlocked.Increment(ref _next)) < all.Length)
        {
            try
            {
                _reports[all[at]].SetResult(ShortRun.Of(all[at]));
            }
#pragma warning disable CA1031 // The test that waits for it sees it.
            catch (Exception fault)
#pragma warning restore CA1031
            {
                _reports[all[at]].SetException(fault);
            }
        }
    }
}
