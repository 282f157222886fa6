using System.Globalization;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using Outwork.Agent.Events;
using Outwork.Agent.Export;
using Outwork.Contracts.Control;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Telemetry;

/// <summary>
/// Sends events as OTLP logs and the status as OTLP metrics (http/protobuf). Owns a thread; a collector that is slow or gone costs
/// events, which are counted, and nothing else. The only type that needs the OpenTelemetry assemblies: it is not touched, and they
/// are not loaded, unless an endpoint is configured.
/// </summary>
internal sealed class OtlpExport : IEventSink, IDisposable
{
    private const int QueueCapacity = 4096;
    private const int Batch = 512;
    private const int ExportTimeoutMs = 5_000;

    // At the end a collector that hangs is not waited for: protection may be about to start again.
    private const int EndTimeoutMs = 1_000;
    private static readonly TimeSpan Gathering = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StatusInterval = TimeSpan.FromSeconds(15);

    private readonly ExportQueue _queue;
    private readonly bool _events;
    private readonly AgentCounters _counters;
    private readonly BatchLogRecordExportProcessor _batches;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly OtlpMetrics _metrics;
    private readonly MeterProvider _meters;
    private readonly Func<CancellationToken, Task<StatusSnapshot?>> _status;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly AutoResetEvent _urgent = new(initialState: false);
    private readonly Thread _thread;

    /// <summary>Starts.</summary>
    /// <param name="endpoint">Base URL of the collector; /v1/logs and /v1/metrics are added.</param>
    /// <param name="version">Version of Outwork, for the resource.</param>
    /// <param name="events">False for decisions only.</param>
    /// <param name="status">Gives the status, or null while the broker does not answer.</param>
    /// <param name="counters">Where everything is counted.</param>
    /// <param name="time">Clock of the status interval.</param>
    public OtlpExport(
        Uri endpoint, string version, bool events, Func<CancellationToken, Task<StatusSnapshot?>> status, AgentCounters counters, TimeProvider time)
    {
        _events = events;
        _counters = counters;
        _status = status;
        _time = time;
        _queue = new ExportQueue(QueueCapacity, AgentCounter.OtlpShed, AgentCounter.OtlpShed, counters);
        ResourceBuilder resource = ResourceBuilder.CreateDefault()
            .AddService("outwork", serviceVersion: version)
            .AddAttributes([new("host.name", Environment.MachineName), new("os.type", "linux")]);

        // Larger than what we hand over between two flushes: nothing is dropped where we cannot count it.
        _batches = new BatchLogRecordExportProcessor(
            new OtlpLogExporter(Options(endpoint, "v1/logs", counters)), maxQueueSize: 2 * Batch, maxExportBatchSize: Batch);
        _loggers = LoggerFactory.Create(builder => builder.AddOpenTelemetry(options =>
        {
            options.IncludeFormattedMessage = true;
            options.SetResourceBuilder(resource);
            options.AddProcessor(new OtlpEventTime());
            options.AddProcessor(_batches);
        }));
        _logger = _loggers.CreateLogger("outwork");
        _metrics = new OtlpMetrics(counters);
        _meters = OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .SetResourceBuilder(resource)
            .AddMeter(OtlpMetrics.MeterName)
            .AddReader(new PeriodicExportingMetricReader(new OtlpMetricExporter(Options(endpoint, "v1/metrics", counters)), MetricIntervalMs()))
            .Build();
        _thread = new Thread(Run) { IsBackground = true, Name = "otlp" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public void Take(NotifyEvent notification)
    {
        if (_events || notification.Kind is EventKind.Decision or EventKind.Gap or EventKind.Demotion or EventKind.ConfinementRefusal)
            _queue.Add(notification);
    }

    /// <inheritdoc/>
    public void EndBatch()
    {
        // The thread looks once a second; sooner only when much waits.
        if (_queue.IsHalfFull)
            _urgent.Set();
    }

    /// <summary>Sends what waits, for some seconds at most, then ends.</summary>
    public void Dispose()
    {
        _stopping.Cancel();
        _urgent.Set();
        if (!_thread.Join(ExportTimeoutMs))
        {
            // It waits for a collector that hangs, and ends with the process.
            return;
        }

        _batches.Shutdown(EndTimeoutMs);
        _meters.Shutdown(EndTimeoutMs);
        _meters.Dispose();
        _metrics.Dispose();
        _loggers.Dispose();
        _stopping.Dispose();
        _urgent.Dispose();
    }

    private static OtlpExporterOptions Options(Uri endpoint, string path, AgentCounters counters) => new()
    {
        Endpoint = new Uri(endpoint.AbsoluteUri.TrimEnd('/') + "/" + path),
        Protocol = OtlpExportProtocol.HttpProtobuf,
        TimeoutMilliseconds = ExportTimeoutMs,
        HttpClientFactory = () => new HttpClient(new OtlpRequestCount(counters), disposeHandler: true) { Timeout = TimeSpan.FromMilliseconds(ExportTimeoutMs) },
    };

    /// <summary>OTEL_METRIC_EXPORT_INTERVAL, as the OpenTelemetry specification has it, else a minute.</summary>
    private static int MetricIntervalMs() =>
        int.TryParse(Environment.GetEnvironmentVariable("OTEL_METRIC_EXPORT_INTERVAL"), NumberStyles.None, CultureInfo.InvariantCulture, out int ms) && ms >= 100
            ? ms
            : 60_000;

    private void Run()
    {
        long next = _time.GetTimestamp();
        while (!_stopping.IsCancellationRequested)
        {
            if (_time.GetTimestamp() >= next)
            {
                next = _time.GetTimestamp() + (long)(StatusInterval.TotalSeconds * _time.TimestampFrequency);
                RefreshStatus();
            }

            _urgent.WaitOne(Gathering);
            Send();
        }

        Send();
    }

    private void RefreshStatus()
    {
        try
        {
            if (_status(_stopping.Token).GetAwaiter().GetResult() is { } status)
                _metrics.Update(status);
        }
        catch (OperationCanceledException)
        {
            // We end.
        }
    }

    private void Send()
    {
        NotifyEvent[] waiting = _queue.TakeAll(out int count);
        if (count == 0)
            return;
        for (int i = 0; i < count; i++)
        {
            var record = new OtlpEvent(waiting[i]);
            _logger.Log(
                record.IsWarning ? LogLevel.Warning : LogLevel.Information,
                new EventId((int)waiting[i].Kind, record.Name),
                record,
                exception: null,
                static (state, _) => state.Message);
            if ((i + 1) % Batch != 0 && i + 1 != count)
                continue;
            bool stopping = _stopping.IsCancellationRequested;
            if (_batches.ForceFlush(stopping ? EndTimeoutMs : 2 * ExportTimeoutMs) || !stopping)
                continue;
            _counters.Add(AgentCounter.OtlpShed, count - i - 1);
            return;
        }
    }

    /// <summary>A record bears the time of the event, not that of its export.</summary>
    private sealed class OtlpEventTime : BaseProcessor<LogRecord>
    {
        public override void OnEnd(LogRecord data)
        {
            if (data.Attributes is OtlpEvent described)
                data.Timestamp = described.Time;
        }
    }
}
