using Outwork.Broker.Processes;
using Outwork.Contracts.Control;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Opens the best source of process events that the system allows.</summary>
public static class ProcessTelemetry
{
    /// <summary>Tries our eBPF programs first and the process connector then; may block, call it before guarding.</summary>
    /// <returns>The source, or null when all are refused; and the status of every mechanism.</returns>
    public static (IProcessEventSource? Source, MechanismStatus[] Mechanisms) Open(BpfTelemetryOptions options)
    {
        (BpfTelemetry? bpf, MechanismStatus bpfStatus) = BpfTelemetry.Start(options);
        MechanismStatus lsm = BpfLsmProbe.Probe(options);
        if (bpf is not null)
            return (bpf, [bpfStatus, lsm, ProcConnector.Probe()]);
        (ProcConnector? connector, MechanismStatus connectorStatus) = ProcConnector.Start();
        return (connector, [bpfStatus, lsm, connectorStatus]);
    }
}
