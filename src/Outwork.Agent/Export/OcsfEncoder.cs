using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Outwork.Contracts.Events;

namespace Outwork.Agent.Export;

/// <summary>
/// Encodes events as OCSF records, one JSON object a line, straight into a buffer. docs/export.md has the mapping. One thread.
/// </summary>
internal sealed class OcsfEncoder : IDisposable
{
    private const string EventsLog = "events";
    private const string DecisionsLog = "decisions";
    private static readonly JsonEncodedText[] HostProfiles = [JsonEncodedText.Encode("host")];
    private static readonly JsonEncodedText[] ContainerProfiles = [.. HostProfiles, JsonEncodedText.Encode("container")];
    private static readonly JsonEncodedText[] DecisionProfiles = [.. HostProfiles, JsonEncodedText.Encode("security_control")];
    private static readonly JsonWriterOptions Options = new()
    {
        // Paths stay readable; the output is JSON all the same, and never goes into HTML.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly OcsfSource _source;
    private readonly Utf8JsonWriter _writer;
    private long _sequence;

    /// <summary>Makes an encoder; its records are numbered from 1.</summary>
    public OcsfEncoder(OcsfSource source)
    {
        _source = source;
        _writer = new Utf8JsonWriter(Stream.Null, Options);
    }

    /// <summary>Appends the record of an event, with its line end. False when the event has none (an unknown kind, a part is missing).</summary>
    public bool Encode(NotifyEvent notification, IBufferWriter<byte> destination)
    {
        if (Describe(notification) is not { } head)
            return false;
        _writer.Reset(destination);
        _writer.WriteStartObject();
        WriteHead(head, notification.TimeUnixNs);
        switch (notification.Kind)
        {
            case EventKind.Decision:
                OcsfDecision.Write(_writer, notification.Decision!);
                break;
            case EventKind.Gap:
                _writer.WriteNumber(OcsfNames.Count, notification.Lost);
                _writer.WriteString(OcsfNames.Message, $"{notification.Lost} events were lost: {notification.Detail}");
                break;
            case EventKind.ConfinementRefusal or EventKind.StateComplete:
                _writer.WriteString(OcsfNames.Message, notification.Detail);
                break;
            case EventKind.ContentChange or EventKind.Demotion:
                _writer.WritePropertyName(OcsfNames.Application);
                _writer.WriteRawValue(_source.Product, skipInputValidation: true);
                _writer.WriteString(OcsfNames.Message, notification.Detail);
                break;
            default:
                OcsfProcess.WriteActivity(_writer, notification, notification.Process!);
                break;
        }

        _writer.WriteEndObject();
        _writer.Flush();
        destination.Write("\n"u8);
        return true;
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();

    private static OcsfHead? Describe(NotifyEvent notification) => notification.Kind switch
    {
        EventKind.Fork or EventKind.Exec when notification.Process is not null =>
            new OcsfHead(OcsfClass.ProcessActivity, 1, "Launch", OcsfSeverity.Informational, EventsLog, ProfilesOf(notification.Process)),
        EventKind.Exit when notification.Process is not null =>
            new OcsfHead(OcsfClass.ProcessActivity, 2, "Terminate", OcsfSeverity.Informational, EventsLog, ProfilesOf(notification.Process)),
        EventKind.Decision when notification.Decision is { } decision =>
            new OcsfHead(OcsfClass.FileActivity, 14, "Open", OcsfDecision.SeverityOf(decision), DecisionsLog, DecisionProfiles),
        EventKind.Gap => new OcsfHead(OcsfClass.BaseEvent, 99, "Gap", OcsfSeverity.Medium, EventsLog, HostProfiles),
        EventKind.StateComplete => new OcsfHead(OcsfClass.BaseEvent, 99, "State complete", OcsfSeverity.Informational, EventsLog, HostProfiles),
        EventKind.ContentChange => new OcsfHead(OcsfClass.ApplicationLifecycle, 8, "Update", OcsfSeverity.Informational, EventsLog, HostProfiles),
        EventKind.Demotion => new OcsfHead(OcsfClass.ApplicationLifecycle, 99, "Demotion", OcsfSeverity.Medium, EventsLog, HostProfiles),
        EventKind.ConfinementRefusal => new OcsfHead(OcsfClass.BaseEvent, 99, "Confinement refusal", OcsfSeverity.High, EventsLog, HostProfiles),
        _ => null,
    };

    private static JsonEncodedText[] ProfilesOf(ProcessInfo process) => process.ContainerId is null ? HostProfiles : ContainerProfiles;

    private void WriteHead(OcsfHead head, long timeUnixNs)
    {
        _writer.WriteNumber(OcsfNames.CategoryUid, head.Class.Uid / 1000);
        _writer.WriteNumber(OcsfNames.ClassUid, head.Class.Uid);
        _writer.WriteString(OcsfNames.ClassName, head.Class.Name);
        _writer.WriteNumber(OcsfNames.ActivityId, head.ActivityId);
        _writer.WriteString(OcsfNames.ActivityName, head.ActivityName);
        _writer.WriteNumber(OcsfNames.TypeUid, (head.Class.Uid * 100) + head.ActivityId);
        _writer.WriteNumber(OcsfNames.SeverityId, (int)head.Severity);
        _writer.WriteString(OcsfNames.Severity, head.Severity.ToString());
        _writer.WriteNumber(OcsfNames.Time, timeUnixNs / 1_000_000);

        _writer.WriteStartObject(OcsfNames.Metadata);
        _writer.WriteString(OcsfNames.Version, OcsfSource.SchemaVersion);
        _writer.WritePropertyName(OcsfNames.Product);
        _writer.WriteRawValue(_source.Product, skipInputValidation: true);
        _writer.WriteString(OcsfNames.LogName, head.Log);
        _sequence++;
        Span<char> uid = stackalloc char[64];
        uid.TryWrite($"{_source.RunId}-{_sequence}", out int length);
        _writer.WriteString(OcsfNames.Uid, uid[..length]);
        _writer.WriteNumber(OcsfNames.Sequence, _sequence);
        _writer.WriteStartArray(OcsfNames.Profiles);
        foreach (JsonEncodedText profile in head.Profiles)
            _writer.WriteStringValue(profile);
        _writer.WriteEndArray();
        _writer.WriteEndObject();
        _writer.WritePropertyName(OcsfNames.Device);
        _writer.WriteRawValue(_source.Device, skipInputValidation: true);
    }

    private readonly record struct OcsfHead(OcsfClass Class, int ActivityId, string ActivityName, OcsfSeverity Severity, string Log, JsonEncodedText[] Profiles);
}
