using System.Diagnostics.Metrics;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Telemetry;

/// <summary>The status as metrics: what was last learned is what is reported. docs/export.md lists the names.</summary>
internal sealed class OtlpMetrics : IDisposable
{
    /// <summary>Name of the meter, and prefix of every instrument.</summary>
    public const string MeterName = "outwork";

    private readonly Meter _meter = new(MeterName);
    private readonly HashSet<string> _known = [];
    private readonly AgentCounters _counters;
    private volatile StatusSnapshot? _status;

    /// <summary>Makes the instruments that are always there.</summary>
    public OtlpMetrics(AgentCounters counters)
    {
        _counters = counters;
        foreach (CounterStatus counter in counters.Snapshot())
            AddCounter(counter.Name, () => Find(_counters.Snapshot(), counter.Name));
        _meter.CreateObservableGauge("outwork.protecting", () => _status is { Protecting: true } ? 1 : 0, unit: "1", "1 while AUTH events are judged");
        AddPerProduct("outwork.product.asked", static product => product.Asked, "questions asked");
        AddPerProduct("outwork.product.answered", static product => product.Answered, "questions answered in time");
        AddPerProduct("outwork.product.missed", static product => product.Missed, "deadlines missed");
        AddPerProduct("outwork.product.refused", static product => product.Refused, "frames refused");
        AddPerProduct("outwork.product.delivered", static product => product.Delivered, "events delivered");
        AddPerProduct("outwork.product.lost", static product => product.Lost, "events lost");
        _meter.CreateObservableCounter("outwork.process.restarts", Restarts, unit: "{restart}", "starts after the first");
        _meter.CreateObservableGauge("outwork.latency", Quantiles, unit: "us", "latency of a stage since the start");
        _meter.CreateObservableCounter("outwork.latency.count", Counts, unit: "{measurement}", "measurements of a stage");
        _meter.CreateObservableCounter("outwork.latency.bucket", Buckets, unit: "{measurement}", "measurements of a stage below le, us");
    }

    /// <summary>Takes a newer status.</summary>
    public void Update(StatusSnapshot status)
    {
        _status = status;
        foreach (CounterStatus counter in status.Counters)
            AddCounter(counter.Name, () => Find(_status!.Counters, counter.Name));
    }

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static long Find(CounterStatus[] counters, string name) =>
        (long)(Array.Find(counters, counter => counter.Name == name)?.Value ?? 0);

    private void AddCounter(string name, Func<long> value)
    {
        if (_known.Add(name))
            _meter.CreateObservableCounter($"{MeterName}.{name}", value, unit: "1");
    }

    private void AddPerProduct(string name, Func<ProductStatus, ulong> value, string description) =>
        _meter.CreateObservableCounter(
            name,
            () => (_status?.Products ?? []).Select(product => new Measurement<long>((long)value(product), Tag("product", product.Name))),
            unit: "1",
            description);

    private IEnumerable<Measurement<long>> Restarts() =>
        (_status?.Processes ?? []).Select(process =>
            new Measurement<long>(process.Restarts, Tag("role", process.Role), Tag("name", process.Name)));

    private IEnumerable<Measurement<double>> Quantiles()
    {
        foreach (LatencyStatus latency in _status?.Latencies ?? [])
        {
            yield return new(latency.P50, Tag("stage", latency.Stage), Tag("quantile", "0.5"));
            yield return new(latency.P99, Tag("stage", latency.Stage), Tag("quantile", "0.99"));
            yield return new(latency.Max, Tag("stage", latency.Stage), Tag("quantile", "1"));
        }
    }

    private IEnumerable<Measurement<long>> Counts() =>
        (_status?.Latencies ?? []).Select(latency => new Measurement<long>((long)latency.Count, Tag("stage", latency.Stage)));

    /// <summary>Cumulative, as everybody draws them; ours count each value once.</summary>
    private IEnumerable<Measurement<long>> Buckets()
    {
        foreach (LatencyStatus latency in _status?.Latencies ?? [])
        {
            long below = 0;
            for (int i = 0; i < latency.Buckets.Length; i++)
            {
                below += (long)latency.Buckets[i];
                yield return new(below, Tag("stage", latency.Stage), Tag("le", (1L << i).ToString()));
            }
        }
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
