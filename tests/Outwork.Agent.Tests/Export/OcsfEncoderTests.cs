using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Outwork.Agent.Export;
using Outwork.Agent.Tests.Support;
using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Agent.Tests.Export;

/// <summary>The records are frozen by testassets/golden/ocsf; OUTWORK_WRITE_GOLDEN=1 writes them anew.</summary>
public sealed class OcsfEncoderTests : IDisposable
{
    private readonly OcsfEncoder _encoder = new(OcsfSource.Create("19c0ffee", "device-1", "Debian GNU/Linux 12 (bookworm)", "0.1.0"));

    public static TheoryData<string> Records => new(Samples.Keys);

    private static Dictionary<string, NotifyEvent> Samples { get; } = new()
    {
        ["decision-allow"] = SampleEvents.Decision(),
        ["decision-deny"] = SampleEvents.Decision(8, Verdict.Deny),
        ["decision-audit"] = WithDecision(SampleEvents.Decision(9), static decision => decision with
        {
            WouldBe = Verdict.Deny, Stage = RuleStage.Audit, Source = VerdictSource.Default, Rule = "audit-memory-execution", Via = ExecVia.Memory, Votes = [], Sha256 = null, File = default,
        }),
        ["decision-deadline"] = WithDecision(SampleEvents.Decision(10), static decision => decision with
        {
            Source = VerdictSource.Deadline, Failure = VerdictFailure.DeadlineMissed, Votes = [new ProductVote("execguard", Verdict.None, 0, "no answer")], Microseconds = 2_000_113.4,
        }),
        ["decision-open-cached"] = WithDecision(SampleEvents.Decision(11, Verdict.Deny), static decision => decision with
        {
            Kind = EventKind.Open, Via = ExecVia.None, Source = VerdictSource.Cache, CachedFrom = 8, Rule = null,
        }),
        ["decision-ahead"] = WithDecision(SampleEvents.Decision(12, Verdict.Deny), static decision => decision with { AheadOfNeed = true, Pid = 0, ParentPid = 0, Executable = "", ProcessId = ProcessId.Unknown }),
        ["exec"] = SampleEvents.Exec("ls", "-l", "a file", "it's", ""),
        ["exec-reconstructed"] = SampleEvents.Exec() with { Reconstructed = true, Via = ExecVia.None, DecisionId = 0 },
        ["fork"] = SampleEvents.Fork(),
        ["exit"] = SampleEvents.Exit(137),
        ["gap"] = SampleEvents.Gap(12),
        ["demotion"] = new NotifyEvent { Kind = EventKind.Demotion, TimeUnixNs = SampleEvents.TimeNs, Detail = "execguard is demoted: 8 misses" },
        ["confinement-refusal"] = new NotifyEvent { Kind = EventKind.ConfinementRefusal, TimeUnixNs = SampleEvents.TimeNs, Detail = "vendor was refused openat of /etc/shadow in process 4242" },
        ["content-change"] = new NotifyEvent { Kind = EventKind.ContentChange, TimeUnixNs = SampleEvents.TimeNs, Detail = "policy generation 4" },
    };

    public void Dispose() => _encoder.Dispose();

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_is_as_frozen(string name)
    {
        string record = Encode(Samples[name]);
        string path = Path.Join(Golden(), name + ".json");
        if (Environment.GetEnvironmentVariable("OUTWORK_WRITE_GOLDEN") == "1")
            File.WriteAllText(path, record);
        Assert.Equal(File.ReadAllText(path), record);
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Record_has_what_the_schema_requires_of_every_event(string name)
    {
        using JsonDocument record = JsonDocument.Parse(Encode(Samples[name]));
        JsonElement root = record.RootElement;
        int classUid = root.GetProperty("class_uid").GetInt32();
        Assert.Equal(classUid / 1000, root.GetProperty("category_uid").GetInt32());
        Assert.Equal((classUid * 100) + root.GetProperty("activity_id").GetInt32(), root.GetProperty("type_uid").GetInt32());
        Assert.InRange(root.GetProperty("severity_id").GetInt32(), 0, 6);
        Assert.Equal(SampleEvents.TimeNs / 1_000_000, root.GetProperty("time").GetInt64());
        Assert.Equal(OcsfSource.SchemaVersion, root.GetProperty("metadata").GetProperty("version").GetString());
        Assert.Equal("Outwork", root.GetProperty("metadata").GetProperty("product").GetProperty("vendor_name").GetString());
        Assert.Equal(JsonValueKind.Number, root.GetProperty("device").GetProperty("type_id").ValueKind);
    }

    [Fact]
    public void Records_are_numbered_without_a_gap()
    {
        var buffer = new ArrayBufferWriter<byte>();
        for (int i = 0; i < 3; i++)
            Assert.True(_encoder.Encode(SampleEvents.Fork(), buffer));
        Assert.Equal([1, 2, 3], Lines(buffer).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("metadata").GetProperty("sequence").GetInt32()));
    }

    [Theory]
    [InlineData("a\nb")]
    [InlineData("\u2028\u001b[31m\"\\")]
    [InlineData("\ud800 half a pair")]
    public void Hostile_name_stays_one_line_of_valid_json(string name)
    {
        NotifyEvent exec = SampleEvents.Exec(name) with { Process = SampleEvents.Process(name) with { Executable = "/" + name } };
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(_encoder.Encode(exec, buffer));
        using JsonDocument record = JsonDocument.Parse(Assert.Single(Lines(buffer)));
        Assert.StartsWith("/", record.RootElement.GetProperty("process").GetProperty("file").GetProperty("path").GetString());
    }

    [Fact]
    public void Event_without_its_part_or_of_an_unknown_kind_has_no_record()
    {
        var buffer = new ArrayBufferWriter<byte>();
        Assert.False(_encoder.Encode(new NotifyEvent { Kind = EventKind.Exec, TimeUnixNs = 1 }, buffer));
        Assert.False(_encoder.Encode(new NotifyEvent { Kind = EventKind.Decision, TimeUnixNs = 1 }, buffer));
        Assert.False(_encoder.Encode(new NotifyEvent { Kind = (EventKind)999, TimeUnixNs = 1 }, buffer));
        Assert.Equal(0, buffer.WrittenCount);
    }

    private static NotifyEvent WithDecision(NotifyEvent notification, Func<DecisionRecord, DecisionRecord> change) =>
        notification with { Decision = change(notification.Decision!) };

    private static string[] Lines(ArrayBufferWriter<byte> buffer) =>
        Encoding.UTF8.GetString(buffer.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Golden([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Join(Path.GetDirectoryName(path), "../../../testassets/golden/ocsf"));

    private string Encode(NotifyEvent notification)
    {
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(_encoder.Encode(notification, buffer));
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
