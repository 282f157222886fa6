using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Outwork.Products.ExecGuard.Rules;

namespace Outwork.Products.ExecGuard.Interop;

/// <summary>
/// libyara 4.2 (libyara.so.9), by its own names. Only what ExecGuard uses. Facts that the headers do not state, found with
/// 4.2.3:
/// a scanner that is used again keeps the entry point of the first file that had one; YR_TRYCATCH replaces the process's
/// SIGSEGV and SIGBUS handlers, which are the runtime's, unless SCAN_FLAGS_NO_TRYCATCH is set; a compiler that has met an
/// error must not be given further rules; string lengths in rules end at the first NUL.
/// </summary>
internal static unsafe partial class LibYara
{
    private const string Library = "libyara.so.9";

    public const int ERROR_SUCCESS = 0;
    public const int ERROR_SCAN_TIMEOUT = 26;

    public const int YARA_ERROR_LEVEL_ERROR = 0;

    public const int CALLBACK_MSG_RULE_MATCHING = 1;
    public const int CALLBACK_CONTINUE = 0;

    // scan.h. Fast mode stops looking for a string once it was found, where the condition asks no more of it.
    public const int SCAN_FLAGS_FAST_MODE = 1;
    public const int SCAN_FLAGS_NO_TRYCATCH = 4;
    public const int SCAN_FLAGS_REPORT_RULES_MATCHING = 8;

    // libyara.h, enum _YR_CONFIG_NAME.
    public const int YR_CONFIG_MAX_MATCH_DATA = 2;

    [LibraryImport(Library)]
    public static partial int yr_initialize();

    [LibraryImport(Library)]
    public static partial int yr_set_configuration_uint32(int name, uint value);

    [LibraryImport(Library)]
    public static partial int yr_compiler_create(out YaraCompilerHandle compiler);

    [LibraryImport(Library)]
    public static partial void yr_compiler_destroy(nint compiler);

    /// <summary>Callback: error level, file name (null for strings), line, YR_RULE*, message, user data.</summary>
    [LibraryImport(Library)]
    public static partial void yr_compiler_set_callback(
        YaraCompilerHandle compiler, delegate* unmanaged[Cdecl]<int, byte*, int, YR_RULE*, byte*, nint, void> callback, nint userData);

    /// <summary>With a null callback every include statement is an error.</summary>
    [LibraryImport(Library)]
    public static partial void yr_compiler_set_include_callback(YaraCompilerHandle compiler, nint callback, nint free, nint userData);

    /// <summary>Returns the number of errors, each of which was told to the callback.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int yr_compiler_add_string(YaraCompilerHandle compiler, byte* rules, string ns);

    /// <summary>The rules outlive the compiler.</summary>
    [LibraryImport(Library)]
    public static partial int yr_compiler_get_rules(YaraCompilerHandle compiler, out YaraRulesHandle rules);

    [LibraryImport(Library)]
    public static partial int yr_rules_destroy(nint rules);

    [LibraryImport(Library)]
    public static partial int yr_scanner_create(YaraRulesHandle rules, out YR_SCAN_CONTEXT* scanner);

    [LibraryImport(Library)]
    public static partial void yr_scanner_destroy(YR_SCAN_CONTEXT* scanner);

    /// <summary>Callback: context, message, message data, user data; returns CALLBACK_CONTINUE.</summary>
    [LibraryImport(Library)]
    public static partial void yr_scanner_set_callback(
        YR_SCAN_CONTEXT* scanner, delegate* unmanaged[Cdecl]<YR_SCAN_CONTEXT*, int, void*, void*, int> callback, void* userData);

    /// <summary>Seconds; 0 is none.</summary>
    [LibraryImport(Library)]
    public static partial void yr_scanner_set_timeout(YR_SCAN_CONTEXT* scanner, int timeout);

    [LibraryImport(Library)]
    public static partial void yr_scanner_set_flags(YR_SCAN_CONTEXT* scanner, int flags);

    [LibraryImport(Library)]
    public static partial int yr_scanner_scan_mem(YR_SCAN_CONTEXT* scanner, byte* buffer, nuint length);

    /// <summary>types.h, struct YR_RULE: 48 bytes. DECLARE_REFERENCE makes every pointer 8 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct YR_RULE
    {
        public int flags;
        public int num_atoms;
        public byte* identifier;
        public nint tags;
        public nint metas;
        public nint strings;
        public YR_NAMESPACE* ns;
    }

    /// <summary>types.h, struct YR_NAMESPACE: 16 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct YR_NAMESPACE
    {
        public byte* name;
        public uint idx;
    }

    /// <summary>types.h, the beginning of struct YR_SCAN_CONTEXT, which libyara allocates; never create one.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct YR_SCAN_CONTEXT
    {
        public ulong file_size;
        public ulong entry_point;
        public int flags;
        public int canary;

        /// <summary>Nanoseconds. The function that sets it only takes whole seconds.</summary>
        public ulong timeout;
    }
}
