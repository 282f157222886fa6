namespace Outwork.Platform.Supervision;

/// <summary>
/// The messages between warden and broker as bytes: u16 type, u16 zero, u32 sequence, then the fields, all little-endian. Both ends
/// are always of the same build, so there is no version; a message that cannot be read is a bug of the sender.
/// </summary>
public static class SupervisionCodec
{
    /// <summary>No message is longer (three paths of the system's longest at most).</summary>
    public const int MaxMessageBytes = 16 * 1024;

    private enum MessageType : ushort
    {
        Configure = 1,
        ProcessSpawning = 2,
        SpawnAbandoned = 3,
        ProcessStarted = 4,
        ProcessEnded = 5,
        ProductSession = 6,
        AgentSession = 7,
        AgentControl = 8,
        Stop = 9,
        RefusedAttempt = 20,
        VerdictMemory = 21,
        ProductCalls = 22,
        ProductDown = 23,
        Guarding = 101,
        Acknowledged = 102,
        Stopped = 103,
        SessionEnded = 104,
    }

    /// <summary>Writes a command and returns its length in bytes.</summary>
    public static int Write(BrokerCommand command, uint sequence, Span<byte> buffer)
    {
        var writer = new SupervisionWriter(buffer);
        switch (command)
        {
            case ConfigureCommand configure:
                Begin(ref writer, MessageType.Configure, sequence);
                writer.Add(configure.MountPath);
                break;
            case VerdictMemoryCommand:
                Begin(ref writer, MessageType.VerdictMemory, sequence);
                break;
            case ProcessSpawningCommand:
                Begin(ref writer, MessageType.ProcessSpawning, sequence);
                break;
            case SpawnAbandonedCommand:
                Begin(ref writer, MessageType.SpawnAbandoned, sequence);
                break;
            case ProcessStartedCommand started:
                Begin(ref writer, MessageType.ProcessStarted, sequence);
                writer.Add((byte)started.Role);
                writer.Add(started.Name);
                writer.Add(started.ProcessId);
                writer.Add(started.UserId);
                writer.Add(started.Restarts);
                break;
            case ProcessEndedCommand ended:
                Begin(ref writer, MessageType.ProcessEnded, sequence);
                writer.Add(ended.ProcessId);
                break;
            case ProductSessionCommand session:
                Begin(ref writer, MessageType.ProductSession, sequence);
                writer.Add(session.Name);
                writer.Add(session.ProcessId);
                break;
            case AgentSessionCommand session:
                Begin(ref writer, MessageType.AgentSession, sequence);
                writer.Add(session.ProcessId);
                break;
            case AgentControlCommand control:
                Begin(ref writer, MessageType.AgentControl, sequence);
                writer.Add(control.ProcessId);
                break;
            case RefusedAttemptCommand refused:
                Begin(ref writer, MessageType.RefusedAttempt, sequence);
                writer.Add(refused.Name);
                writer.Add(refused.ProcessId);
                writer.Add(refused.Call);
                writer.Add(refused.Target);
                writer.Add(refused.Times);
                break;
            case ProductCallsCommand calls:
                Begin(ref writer, MessageType.ProductCalls, sequence);
                writer.Add(calls.Name);
                writer.Add(calls.UserId);
                break;
            case ProductDownCommand down:
                Begin(ref writer, MessageType.ProductDown, sequence);
                writer.Add(down.Name);
                writer.Add(down.IsFinal ? (byte)1 : (byte)0);
                writer.Add(down.Reason);
                break;
            case StopCommand:
                Begin(ref writer, MessageType.Stop, sequence);
                break;
            default:
                throw new ArgumentException($"No message type for {command.GetType().Name}.", nameof(command));
        }

        return writer.Length;
    }

    /// <summary>Writes a report and returns its length in bytes.</summary>
    public static int Write(BrokerReport report, uint sequence, Span<byte> buffer)
    {
        var writer = new SupervisionWriter(buffer);
        switch (report)
        {
            case GuardingReport guarding:
                Begin(ref writer, MessageType.Guarding, sequence);
                writer.Add(guarding.On ? (byte)1 : (byte)0);
                writer.Add(guarding.Milliseconds);
                writer.Add(guarding.FileSystems);
                writer.Add(guarding.Judged);
                writer.Add(guarding.NotSubscribed);
                break;
            case AcknowledgedReport acknowledged:
                Begin(ref writer, MessageType.Acknowledged, sequence);
                writer.Add(acknowledged.Sequence);
                break;
            case SessionEndedReport session:
                Begin(ref writer, MessageType.SessionEnded, sequence);
                writer.Add(session.ProcessId);
                break;
            case StoppedReport:
                Begin(ref writer, MessageType.Stopped, sequence);
                break;
            default:
                throw new ArgumentException($"No message type for {report.GetType().Name}.", nameof(report));
        }

        return writer.Length;
    }

    /// <summary>Reads a command; false when the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out uint sequence, out BrokerCommand? command)
    {
        var reader = new SupervisionReader(message);
        MessageType type = Begin(ref reader, out sequence);
        command = type switch
        {
            MessageType.Configure => new ConfigureCommand(reader.String()),
            MessageType.VerdictMemory => new VerdictMemoryCommand(),
            MessageType.ProcessSpawning => new ProcessSpawningCommand(),
            MessageType.SpawnAbandoned => new SpawnAbandonedCommand(),
            MessageType.ProcessStarted => new ProcessStartedCommand(
                (ProcessRole)reader.Byte(), reader.String(), reader.Int32(), reader.UInt32(), reader.Int32()),
            MessageType.ProcessEnded => new ProcessEndedCommand(reader.Int32()),
            MessageType.ProductSession => new ProductSessionCommand(reader.String(), reader.Int32()),
            MessageType.AgentSession => new AgentSessionCommand(reader.Int32()),
            MessageType.AgentControl => new AgentControlCommand(reader.Int32()),
            MessageType.RefusedAttempt => new RefusedAttemptCommand(
                reader.String(), reader.Int32(), reader.String(), reader.String(), reader.Int32()),
            MessageType.ProductCalls => new ProductCallsCommand(reader.String(), reader.UInt32()),
            MessageType.ProductDown => new ProductDownCommand(reader.String(), reader.Byte() != 0, reader.String()),
            MessageType.Stop => new StopCommand(),
            _ => null,
        };
        if (command is ProcessStartedCommand { Role: < ProcessRole.Warden or > ProcessRole.Trial } || !reader.Complete)
            command = null;
        return command is not null;
    }

    /// <summary>Reads a report; false when the bytes are none.</summary>
    public static bool TryRead(ReadOnlySpan<byte> message, out uint sequence, out BrokerReport? report)
    {
        var reader = new SupervisionReader(message);
        MessageType type = Begin(ref reader, out sequence);
        report = type switch
        {
            MessageType.Guarding => new GuardingReport(reader.Byte() != 0, reader.UInt32(), reader.UInt32(), reader.String(), reader.String()),
            MessageType.Acknowledged => new AcknowledgedReport(reader.UInt32()),
            MessageType.Stopped => new StoppedReport(),
            MessageType.SessionEnded => new SessionEndedReport(reader.Int32()),
            _ => null,
        };
        if (!reader.Complete)
            report = null;
        return report is not null;
    }

    private static void Begin(ref SupervisionWriter writer, MessageType type, uint sequence)
    {
        writer.Add((ushort)type);
        writer.Add((ushort)0);
        writer.Add(sequence);
    }

    private static MessageType Begin(ref SupervisionReader reader, out uint sequence)
    {
        var type = (MessageType)reader.UInt16();
        _ = reader.UInt16();
        sequence = reader.UInt32();
        return type;
    }
}
