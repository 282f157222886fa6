using System.Text;
using Outwork.Broker.Processes;
using Outwork.Contracts.Events;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>What the connector and /proc together tell of a process; the information is null when it was gone too soon.</summary>
internal readonly record struct ConnectorProcess(ProcessFacts Facts, ProcessInfo? Info);

/// <summary>One event on its way from the connector's thread to the one that drains.</summary>
internal sealed class ConnectorEvent
{
    private readonly EventKind _kind;
    private readonly ConnectorProcess _process;
    private readonly int _exitCode;

    private ConnectorEvent(EventKind kind, ConnectorProcess process, int exitCode)
    {
        _kind = kind;
        _process = process;
        _exitCode = exitCode;
    }

    public static ConnectorEvent Fork(ConnectorProcess child) => new(EventKind.Fork, child, 0);

    public static ConnectorEvent Exec(ConnectorProcess process) => new(EventKind.Exec, process, 0);

    public static ConnectorEvent Exit(ProcessFacts process, int exitCode) =>
        new(EventKind.Exit, new ConnectorProcess(process, Info: null), exitCode);

    public void Pass(IProcessEventSink sink)
    {
        ProcessFacts facts = _process.Facts;
        switch (_kind)
        {
            case EventKind.Fork:
                sink.Forked(in facts);
                break;
            case EventKind.Exit:
                sink.Exited(in facts, _exitCode);
                break;
            default:
                string program = _process.Info?.Executable ?? "";
                sink.Executed(new ExecFacts
                {
                    Process = facts,
                    Via = program.StartsWith("memfd:", StringComparison.Ordinal) ? ExecVia.Memory : ExecVia.Direct,
                    Program = Encoding.UTF8.GetBytes(program),
                    WorkingDirectory = Encoding.UTF8.GetBytes(_process.Info?.WorkingDirectory ?? ""),
                    Arguments = JoinArguments(_process.Info?.Arguments ?? []),
                    ArgumentsTruncated = _process.Info?.ArgumentsTruncated ?? true,
                });
                break;
        }
    }

    private static byte[] JoinArguments(string[] arguments)
    {
        using MemoryStream bytes = new();
        foreach (string argument in arguments)
        {
            bytes.Write(Encoding.UTF8.GetBytes(argument));
            bytes.WriteByte(0);
        }
        return bytes.ToArray();
    }
}
