namespace Outwork.Platform.Linux.Telemetry;

/// <summary>Stable names of mechanisms in the status.</summary>
public static class MechanismNames
{
    /// <summary>Our programs on the kernel's typed tracepoints.</summary>
    public const string BpfTracepoints = "bpf.tp_btf";

    /// <summary>Our program on the kernel's iterator over all tasks.</summary>
    public const string BpfTaskIterator = "bpf.iter_task";

    /// <summary>Programs on the kernel's security hooks.</summary>
    public const string BpfLsm = "bpf.lsm";

    /// <summary>The process connector of netlink.</summary>
    public const string ProcConnector = "proc-connector";

    /// <summary>Being told of the calls that products' filters refuse or ask about.</summary>
    public const string CallNotification = "seccomp.user-notif";
}
