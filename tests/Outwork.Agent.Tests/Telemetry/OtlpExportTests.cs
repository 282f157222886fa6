using System.Text;
using Outwork.Agent.Telemetry;
using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Tests.Telemetry;

public sealed class OtlpExportTests
{
    private readonly AgentCounters _counters = new();

    [Fact]
    public async Task Events_arrive_as_logs_with_their_attributes()
    {
        await using var collector = new Collector();
        using (OtlpExport export = Create(collector.Endpoint))
        {
            export.Take(SampleEvents.Decision(8, Verdict.Deny));
            export.Take(SampleEvents.Exec("ls", "-l"));
            await Eventually.HoldsAsync(() => collector.Bodies("/v1/logs").Any());
        }

        string logs = string.Concat(collector.Bodies("/v1/logs"));
        Assert.Contains("outwork.decision", logs);
        Assert.Contains("Refused Exec of /home/ada/eicar.com", logs);
        Assert.Contains("Deny: YARA rule eicar", logs);
        Assert.Contains("Exec of /usr/bin/ls [4322]", logs);
        Assert.Contains("process.executable.path", logs);
        Assert.Contains("service.name", logs);
        Assert.True(_counters[AgentCounter.OtlpRequests] > 0);
        Assert.Equal(0, _counters[AgentCounter.OtlpFailures]);
    }

    [Fact]
    public async Task Record_bears_the_time_of_the_event()
    {
        await using var collector = new Collector();
        using (OtlpExport export = Create(collector.Endpoint))
        {
            export.Take(SampleEvents.Decision());
            await Eventually.HoldsAsync(() => collector.Bodies("/v1/logs").Any());
        }

        // time_unix_nano, field 1 of LogRecord, is a fixed64: 100 ns is what the runtime's clock keeps.
        byte[] expected = [0x09, .. BitConverter.GetBytes(SampleEvents.TimeNs / 100 * 100)];
        Assert.Contains(collector.Raw("/v1/logs"), body => body.AsSpan().IndexOf(expected) >= 0);
    }

    [Fact]
    public async Task Status_arrives_as_metrics_when_the_export_ends()
    {
        await using var collector = new Collector();
        using (OtlpExport export = Create(collector.Endpoint))
            await Eventually.HoldsAsync(() => _statusAsked > 0);
        string metrics = string.Concat(collector.Bodies("/v1/metrics"));
        foreach (string name in (string[])["outwork.auth.events", "outwork.protecting", "outwork.product.asked", "outwork.latency", "outwork.latency.bucket", "outwork.export.records"])
            Assert.Contains(name, metrics);
        Assert.Contains("execguard", metrics);
    }

    [Fact]
    public async Task Collector_that_refuses_costs_events_and_is_counted()
    {
        await using var collector = new Collector { StatusCode = 400 };
        using OtlpExport export = Create(collector.Endpoint);
        export.Take(SampleEvents.Decision());
        await Eventually.HoldsAsync(() => _counters[AgentCounter.OtlpFailures] > 0);
    }

    [Fact]
    public async Task Collector_that_is_gone_neither_blocks_nor_fails_the_one_who_tells()
    {
        Uri nobody;
        await using (var collector = new Collector())
            nobody = collector.Endpoint;
        using OtlpExport export = Create(nobody);
        for (ulong id = 1; id <= 20_000; id++)
            export.Take(SampleEvents.Decision(id));
        Assert.True(_counters[AgentCounter.OtlpShed] > 0);
        await Eventually.HoldsAsync(() => _counters[AgentCounter.OtlpFailures] > 0);
    }

    private int _statusAsked;

    private OtlpExport Create(Uri endpoint) => new(
        endpoint,
        "0.1.0",
        events: true,
        _ =>
        {
            Interlocked.Increment(ref _statusAsked);
            return Task.FromResult<StatusSnapshot?>(FakeBroker.Status());
        },
        _counters,
        TimeProvider.System);
}
