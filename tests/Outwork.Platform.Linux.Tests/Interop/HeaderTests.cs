using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Outwork.Platform.Linux.Telemetry;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.InteropLayouts;

/// <summary>Our constants and structs against the C headers, by a compiled probe.</summary>
public sealed class HeaderTests
{
    private const string Headers = """
        #define _GNU_SOURCE
        #include <fcntl.h>
        #include <poll.h>
        #include <stddef.h>
        #include <stdio.h>
        #include <sys/eventfd.h>
        #include <sys/ioctl.h>
        #include <sys/mman.h>
        #include <sys/socket.h>
        #include <time.h>
        #include <linux/bpf.h>
        #include <linux/cn_proc.h>
        #include <linux/connector.h>
        #include <linux/fanotify.h>
        #include <linux/loop.h>
        #include <linux/netlink.h>
        #include <linux/openat2.h>
        #include <linux/seccomp.h>
        """;

    private static readonly (Type Type, string Name)[] Structs =
    [
        (typeof(Interop.fanotify_event_metadata), "struct fanotify_event_metadata"),
        (typeof(Interop.fanotify_event_info_header), "struct fanotify_event_info_header"),
        (typeof(Interop.fanotify_event_info_pidfd), "struct fanotify_event_info_pidfd"),
        (typeof(Interop.fanotify_event_info_error), "struct fanotify_event_info_error"),
        (typeof(Interop.fanotify_response), "struct fanotify_response"),
        (typeof(Interop.sockaddr_nl), "struct sockaddr_nl"),
        (typeof(Interop.nlmsghdr), "struct nlmsghdr"),
        (typeof(Interop.fork_proc_event), "struct fork_proc_event"),
        (typeof(Interop.exec_proc_event), "struct exec_proc_event"),
        (typeof(Interop.exit_proc_event), "struct exit_proc_event"),
        (typeof(Interop.loop_info64), "struct loop_info64"),
        (typeof(Interop.loop_config), "struct loop_config"),
        (typeof(Interop.pollfd), "struct pollfd"),
        (typeof(Interop.timespec), "struct timespec"),
        (typeof(Interop.open_how), "struct open_how"),
        (typeof(Interop.seccomp_notif_resp), "struct seccomp_notif_resp"),
    ];

    // Enumerators cannot be tested with #ifdef.
    private static readonly string[] Enumerators = ["PROC_CN_MCAST_LISTEN", "PROC_CN_MCAST_IGNORE", "PROC_EVENT_NONE", "PROC_EVENT_FORK", "PROC_EVENT_EXEC", "PROC_EVENT_EXIT"];

    // Names of the kernel's own headers, which are not installed.
    private static readonly string[] Private = ["FILEID_KERNFS", "LIBBPF_WARN", nameof(Interop.O_LARGEFILE)];

    [Fact]
    public void Constants_and_structs_equal_the_headers()
    {
        StringBuilder program = new(Headers);
        program.AppendLine().AppendLine("int main(void) {");
        Dictionary<string, long> ours = [];
        foreach (FieldInfo constant in typeof(Interop).GetFields(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public))
        {
            if (!constant.IsLiteral || constant.FieldType == typeof(string) || Private.Contains(constant.Name))
                continue;
            ours[constant.Name] = unchecked((long)Convert.ToUInt64(
                constant.GetRawConstantValue() is int negative and < 0 ? (ulong)(long)negative : constant.GetRawConstantValue(), CultureInfo.InvariantCulture));
            if (!Enumerators.Contains(constant.Name))
                program.AppendLine(CultureInfo.InvariantCulture, $"#ifdef {constant.Name}");
            program.AppendLine(CultureInfo.InvariantCulture, $"printf(\"{constant.Name} %lld\\n\", (long long)({constant.Name}));");
            if (!Enumerators.Contains(constant.Name))
                program.AppendLine("#endif");
        }
        foreach ((Type type, string name) in Structs)
        {
            // The proc_event structs are members of a struct's union; C gives them file scope all the same.
            program.AppendLine(CultureInfo.InvariantCulture, $"printf(\"{type.Name} %zu\\n\", sizeof({name}));");
            ours[type.Name] = Marshal.SizeOf(type);
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            {
                program.AppendLine(CultureInfo.InvariantCulture, $"printf(\"{type.Name}.{field.Name} %zu\\n\", offsetof({name}, {field.Name}));");
                ours[$"{type.Name}.{field.Name}"] = (long)Marshal.OffsetOf(type, field.Name);
            }
        }
        AddFlattened(program, ours);
        program.AppendLine("return 0; }");

        using TempDirectory directory = new();
        string output = TestProcess.Run(CProgram.CompileText(directory, program.ToString(), "headers")).Output;
        int compared = 0;
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            Assert.True(ours[parts[0]] == long.Parse(parts[1]), $"{parts[0]}: ours {ours[parts[0]]}, header {parts[1]}");
            compared++;
        }
        Assert.True(compared > 100, $"only {compared} compared");
    }

    /// <summary>Structs whose C form has a nested struct or a flexible part.</summary>
    private static unsafe void AddFlattened(StringBuilder program, Dictionary<string, long> ours)
    {
        void Add(string name, string expression, long value)
        {
            program.AppendLine(CultureInfo.InvariantCulture, $"printf(\"{name} %zu\\n\", (size_t)({expression}));");
            ours[name] = value;
        }

        Add("cn_msg", "sizeof(struct cn_msg)", sizeof(Interop.cn_msg));
        Add("cn_msg.idx", "offsetof(struct cn_msg, id.idx)", Marshal.OffsetOf<Interop.cn_msg>("idx"));
        Add("cn_msg.val", "offsetof(struct cn_msg, id.val)", Marshal.OffsetOf<Interop.cn_msg>("val"));
        Add("cn_msg.len", "offsetof(struct cn_msg, len)", Marshal.OffsetOf<Interop.cn_msg>("len"));
        Add("proc_event", "offsetof(struct proc_event, event_data)", sizeof(Interop.proc_event));
        Add("proc_event.timestamp_ns", "offsetof(struct proc_event, timestamp_ns)", Marshal.OffsetOf<Interop.proc_event>("timestamp_ns"));
        Add("file_handle", "offsetof(struct file_handle, f_handle)", Marshal.OffsetOf<Interop.kernfs_file_handle>("id"));
        Add("prog_info.recursion_misses", "offsetof(struct bpf_prog_info, recursion_misses)", Marshal.OffsetOf<BpfProgramInfo>("recursion_misses"));
        Add("prog_info.run_time_ns", "offsetof(struct bpf_prog_info, run_time_ns)", Marshal.OffsetOf<BpfProgramInfo>("run_time_ns"));
    }
}
