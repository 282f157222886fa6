using System.Runtime.InteropServices;

namespace Outwork.Platform.Linux;

// bpf/libbpf.h and bpf/bpf.h of libbpf 1.x. Functions give -errno or null with errno set.
internal static unsafe partial class Interop
{
    private const string LibBpf = "libbpf.so.1";

    internal const int LIBBPF_WARN = 0;
    internal const ulong BPF_ANY = 0;

    [LibraryImport(LibBpf)]
    internal static partial nint libbpf_set_print(delegate* unmanaged<int, byte*, nint, int> print);

    [LibraryImport(LibBpf)]
    internal static partial uint libbpf_major_version();

    [LibraryImport(LibBpf)]
    internal static partial int libbpf_num_possible_cpus();

    [LibraryImport(LibBpf, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    internal static partial SafeBpfObjectHandle bpf_object__open_file(string path, nint options);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_object__load(SafeBpfObjectHandle bpfObject);

    [LibraryImport(LibBpf)]
    internal static partial void bpf_object__close(nint bpfObject);

    // Maps and programs belong to their object and end with it.
    [LibraryImport(LibBpf, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_map_by_name(SafeBpfObjectHandle bpfObject, string name);

    [LibraryImport(LibBpf, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint bpf_object__find_program_by_name(SafeBpfObjectHandle bpfObject, string name);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map__set_max_entries(nint map, uint entries);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map__fd(nint map);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_program__set_autoload(nint program, [MarshalAs(UnmanagedType.U1)] bool autoload);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_program__fd(nint program);

    [LibraryImport(LibBpf, SetLastError = true)]
    internal static partial SafeBpfLinkHandle bpf_program__attach(nint program);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_link__destroy(nint link);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_link__fd(SafeBpfLinkHandle link);

    // A descriptor or -errno, which no SafeHandle takes for invalid: the caller wraps it at once.
    [LibraryImport(LibBpf)]
    internal static partial int bpf_iter_create(int linkFd);

    [LibraryImport(LibBpf)]
    internal static partial nint bpf_object__next_map(SafeBpfObjectHandle bpfObject, nint map);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map__set_autocreate(nint map, [MarshalAs(UnmanagedType.U1)] bool autocreate);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map_lookup_elem(int fd, void* key, void* value);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map_update_elem(int fd, void* key, void* value, ulong flags);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map_delete_elem(int fd, void* key);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_map_get_next_key(int fd, void* key, void* nextKey);

    [LibraryImport(LibBpf)]
    internal static partial int bpf_obj_get_info_by_fd(int fd, void* info, uint* length);
}
