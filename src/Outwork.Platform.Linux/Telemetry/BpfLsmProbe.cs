using System.Runtime.InteropServices;
using Outwork.Contracts.Control;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Tries whether eBPF programs on the kernel's security hooks load, attach, and are called. Nothing stays attached. No
/// mechanism of ours needs them yet: without them a denied execution from memory is ended rather than refused.
/// </summary>
public static unsafe class BpfLsmProbe
{
    /// <summary>Probes; on any thread.</summary>
    public static MechanismStatus Probe(BpfTelemetryOptions options)
    {
        string detail;
        try
        {
            (detail, _) = LibBpfLog.Capture(() => Try(options));
        }
        catch (DllNotFoundException)
        {
            detail = "libbpf.so.1 is not installed (Debian: libbpf1)";
        }
        return new MechanismStatus(MechanismNames.BpfLsm, InForce: false, detail,
            "A denied execution from memory is ended before its first instruction instead of refused.");
    }

    private static string Try(BpfTelemetryOptions options)
    {
        using SafeBpfObjectHandle bpfObject = Interop.bpf_object__open_file(options.ObjectPath, 0);
        if (bpfObject.IsInvalid)
            return $"{options.ObjectPath} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        foreach (string name in BpfTelemetry.ProgramNames)
            _ = Interop.bpf_program__set_autoload(Interop.bpf_object__find_program_by_name(bpfObject, name), autoload: false);
        nint program = Interop.bpf_object__find_program_by_name(bpfObject, "probe_lsm");
        _ = Interop.bpf_program__set_autoload(program, autoload: true);
        _ = Interop.bpf_map__set_max_entries(Interop.bpf_object__find_map_by_name(bpfObject, "events"), (uint)Environment.SystemPageSize);
        int error = Interop.bpf_object__load(bpfObject);
        if (error < 0)
            return $"refused: the program does not load: {Marshal.GetPInvokeErrorMessage(-error)}";
        using SafeBpfLinkHandle link = Interop.bpf_program__attach(program);
        if (link.IsInvalid)
            return $"refused: the program does not attach: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
        _ = Interop.getpgid(Environment.ProcessId);
        uint zero = 0, calls = 0;
        int fd = Interop.bpf_map__fd(Interop.bpf_object__find_map_by_name(bpfObject, "lsm_calls"));
        return Interop.bpf_map_lookup_elem(fd, &zero, &calls) == 0 && calls > 0
            ? "available; not used by this version"
            : "refused: the program attaches and is never called (\"bpf\" is not among the active security modules)";
    }
}
