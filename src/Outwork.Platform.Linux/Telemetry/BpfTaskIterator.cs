using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Outwork.Contracts.Control;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Lists every process in one walk inside the kernel, without opening a file. Nothing is pinned. One caller at a time, on any thread.
/// Source: kernel/bpf/task_iter.c, Documentation/bpf/bpf_iterators.rst.
/// </summary>
internal sealed unsafe class BpfTaskIterator : IDisposable
{
    private const string ProgramName = "walk_processes";
    private const int ReadBytes = 64 * 1_024;

    private readonly SafeBpfObjectHandle _object;
    private readonly SafeBpfLinkHandle _link;

    private BpfTaskIterator(SafeBpfObjectHandle bpfObject, SafeBpfLinkHandle link) => (_object, _link) = (bpfObject, link);

    /// <summary>Loads the program and walks once, to see that it works.</summary>
    /// <returns>The iterator, or null when the system refuses; and the mechanism's status with the reason.</returns>
    public static (BpfTaskIterator? Iterator, MechanismStatus Status) Open(BpfTelemetryOptions options)
    {
        string refusal = "", log = "";
        BpfTaskIterator? iterator = null;
        try
        {
            (iterator, log) = LibBpfLog.Capture(() => Load(options, out refusal));
        }
        catch (DllNotFoundException)
        {
            refusal = "libbpf.so.1 is not installed (Debian: libbpf1)";
        }
        return iterator is not null
            ? (iterator, new MechanismStatus(MechanismNames.BpfTaskIterator, InForce: true,
                "processes are listed by one walk inside the kernel; of those that are new the rest is read from /proc", ""))
            : (null, new MechanismStatus(MechanismNames.BpfTaskIterator, InForce: false,
                log.Length == 0 ? refusal : $"{refusal}: {log}", "After a loss all of /proc is read, which takes longer."));
    }

    /// <summary>Every process, those that have ended and are not waited for included.</summary>
    /// <exception cref="LinuxException">The walk failed.</exception>
    public List<BpfTaskRecord> Walk()
    {
        int fd = Interop.bpf_iter_create(Interop.bpf_link__fd(_link));
        if (fd < 0)
            throw new LinuxException("bpf_iter_create", -fd);
        using var sequence = new SafeFileHandle(fd, ownsHandle: true);
        byte[] bytes = ReadAll(sequence, out int length);
        ReadOnlySpan<BpfTaskRecord> records = MemoryMarshal.Cast<byte, BpfTaskRecord>(bytes.AsSpan(0, length));
        List<BpfTaskRecord> processes = new(records.Length);
        HashSet<(int, ulong)> seen = new(records.Length);
        foreach (ref readonly BpfTaskRecord record in records)
        {
            if (seen.Add((record.pid, record.start_ns)))
                processes.Add(record);
        }
        return processes;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _link.Dispose();
        _object.Dispose();
    }

    // A read may end within a record.
    private static byte[] ReadAll(SafeFileHandle sequence, out int length)
    {
        byte[] bytes = new byte[ReadBytes];
        length = 0;
        while (true)
        {
            if (bytes.Length - length < ReadBytes)
                Array.Resize(ref bytes, bytes.Length * 2);
            nint read;
            fixed (byte* at = &bytes[length])
                read = Interop.read(sequence, at, ReadBytes);
            if (read == 0)
                return bytes;
            if (read > 0)
                length += (int)read;
            // EAGAIN: it passed over very many tasks and wants to be asked again (bpf_seq_read in kernel/bpf/bpf_iter.c).
            else if (Marshal.GetLastPInvokeError() is var errno and not (Interop.EAGAIN or Interop.EINTR))
                throw new LinuxException("read(bpf iterator)", errno);
        }
    }

    private static BpfTaskIterator? Load(BpfTelemetryOptions options, out string refusal)
    {
        BpfTaskIterator? iterator = null;
        SafeBpfLinkHandle? link = null;
        SafeBpfObjectHandle bpfObject = Interop.bpf_object__open_file(options.ObjectPath, 0);
        try
        {
            if (bpfObject.IsInvalid)
            {
                refusal = $"{options.ObjectPath} cannot be opened: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
                return null;
            }
            // Of all that is in the object only this program, which needs no map.
            foreach (string name in BpfTelemetry.ProgramNames)
                _ = Interop.bpf_program__set_autoload(Interop.bpf_object__find_program_by_name(bpfObject, name), autoload: false);
            for (nint map = Interop.bpf_object__next_map(bpfObject, 0); map != 0; map = Interop.bpf_object__next_map(bpfObject, map))
                _ = Interop.bpf_map__set_autocreate(map, autocreate: false);
            nint program = Interop.bpf_object__find_program_by_name(bpfObject, ProgramName);
            _ = Interop.bpf_program__set_autoload(program, autoload: true);
            int error = Interop.bpf_object__load(bpfObject);
            if (error < 0)
            {
                refusal = $"refused: the program does not load: {Marshal.GetPInvokeErrorMessage(-error)}";
                return null;
            }
            link = Interop.bpf_program__attach(program);
            if (link.IsInvalid)
            {
                refusal = $"refused: the program does not attach: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
                return null;
            }
            var candidate = new BpfTaskIterator(bpfObject, link);
            if (!candidate.Walk().Exists(process => process.pid == Environment.ProcessId))
            {
                // The program tells the ids of the machine's first pid namespace; in another one they are nobody's.
                refusal = "refused: the walk does not find ourselves (we run in a pid namespace)";
                return null;
            }
            refusal = "";
            return iterator = candidate;
        }
        catch (LinuxException failed)
        {
            refusal = $"refused: {failed.Message}";
            return null;
        }
        finally
        {
            if (iterator is null)
            {
                link?.Dispose();
                bpfObject.Dispose();
            }
        }
    }
}
