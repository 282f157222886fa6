namespace Outwork.Faults;

/// <summary>What the probe did in a stretch of time.</summary>
public sealed class ProbeWindow
{
    private readonly ProbeSample[] _samples;

    internal ProbeWindow(long begin, long end, IEnumerable<ProbeSample> samples)
    {
        Begin = begin;
        End = end;
        _samples = [.. samples.OrderBy(sample => sample.Ended)];
        Longest = _samples.Length == 0 ? default : _samples.MaxBy(sample => sample.Took);
    }

    /// <summary>Its beginning, as <see cref="WorkProbe.Now"/>.</summary>
    public long Begin { get; }

    /// <summary>Its end.</summary>
    public long End { get; }

    /// <summary>Operations that ended in it.</summary>
    public int Count => _samples.Length;

    /// <summary>All of them, in the order in which they ended.</summary>
    public IReadOnlyList<ProbeSample> Samples => _samples;

    /// <summary>The one that took the longest.</summary>
    public ProbeSample Longest { get; }

    /// <summary>
    /// Operations that nothing denies and that did not come out well. The rules with on-failure closed refuse while a product is missing: no
    /// failure of the machine's, and not among these.
    /// </summary>
    /// <param name="deniesByVerdict">Whether the victim denies what it is asked: then its refusals are verdicts.</param>
    public IReadOnlyList<ProbeSample> Failed(bool deniesByVerdict = false) =>
    [
        .. _samples.Where(sample => sample.Outcome != 0 && !(sample.IsRefused && (sample.IsDenied || sample.IsClosed
            || (deniesByVerdict && sample.Operation == ProbeOperation.AskedOpen)))),
    ];

    /// <summary>How long what is denied was let through: from the first that got through to the next that was refused, added up.</summary>
    public TimeSpan Unprotected() => Span(sample => sample.IsDenied, sample => sample.Outcome == 0);

    /// <summary>How long the opinion of a product was missing, by its rule with on-failure closed.</summary>
    /// <param name="operation"><see cref="ProbeOperation.AskedClosed"/> or <see cref="ProbeOperation.Bystander"/>.</param>
    public TimeSpan Without(ProbeOperation operation) => Span(sample => sample.Operation == operation, sample => sample.IsRefused);

    private TimeSpan Span(Func<ProbeSample, bool> counts, Func<ProbeSample, bool> isLost)
    {
        long total = 0, since = 0;
        foreach (ProbeSample sample in _samples.Where(counts))
        {
            if (isLost(sample) && since == 0)
                since = Math.Max(sample.Begun, Begin);
            else if (!isLost(sample) && since != 0)
                (total, since) = (total + sample.Ended - since, 0);
        }

        if (since != 0)
            total += End - since;
        return TimeSpan.FromMicroseconds(total / 1000.0);
    }
}
