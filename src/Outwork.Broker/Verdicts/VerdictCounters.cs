using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>Counts what the engine did. Written by the reactor and the deadline guard, read by anyone.</summary>
public sealed class VerdictCounters
{
    private readonly long[] _failures = new long[Enum.GetValues<VerdictFailure>().Length];
    private readonly long[] _verdicts = new long[Enum.GetValues<VerdictSource>().Length * 2];
    private long _events, _marks, _prejudged;

    /// <summary>One more AUTH event received.</summary>
    public void CountEvent() => _events++;

    /// <summary>One more cache mark set in the operating system.</summary>
    public void CountMark() => _marks++;

    /// <summary>One more file judged before it was needed.</summary>
    public void CountPrejudged() => _prejudged++;

    /// <summary>One more failure of a kind.</summary>
    public void Count(VerdictFailure failure, long times = 1) => Interlocked.Add(ref _failures[(int)failure], times);

    /// <summary>One more answer.</summary>
    public void Count(VerdictSource source, Verdict verdict) =>
        Interlocked.Increment(ref _verdicts[((int)source * 2) + (verdict == Verdict.Deny ? 1 : 0)]);

    /// <summary>AUTH events received.</summary>
    public long Events => Volatile.Read(ref _events);

    /// <summary>AUTH events answered, however.</summary>
    public long Answers => _verdicts.Sum();

    /// <summary>How often something failed.</summary>
    public long Of(VerdictFailure failure) => Volatile.Read(ref _failures[(int)failure]);

    /// <summary>How often a source gave this verdict.</summary>
    public long Of(VerdictSource source, Verdict verdict) =>
        Volatile.Read(ref _verdicts[((int)source * 2) + (verdict == Verdict.Deny ? 1 : 0)]);

    /// <summary>All counters by stable name.</summary>
    public IEnumerable<CounterStatus> Snapshot()
    {
        yield return new("auth.events", (ulong)Events);
        yield return new("auth.answers", (ulong)Answers);
        yield return new("cache.marks", (ulong)Volatile.Read(ref _marks));
        yield return new("cache.prejudged", (ulong)Volatile.Read(ref _prejudged));
        foreach (var source in Enum.GetValues<VerdictSource>().Where(static s => s is not (VerdictSource.None or VerdictSource.KernelCache)))
        {
            yield return new($"verdict.{Kebab(source)}.allow", (ulong)Of(source, Verdict.Allow));
            yield return new($"verdict.{Kebab(source)}.deny", (ulong)Of(source, Verdict.Deny));
        }
        foreach (var failure in Enum.GetValues<VerdictFailure>().Where(static f => f != VerdictFailure.None))
            yield return new($"failure.{Kebab(failure)}", (ulong)Of(failure));
    }

    private static string Kebab<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : "-") + char.ToLowerInvariant(c) : c.ToString()));
}
