using System.Globalization;
using System.Runtime.InteropServices;
using Outwork.ExecGuard.Tests.Support;
using Outwork.Products.ExecGuard.Interop;

namespace Outwork.ExecGuard.Tests.Rules;

/// <summary>The structures and constants of Interop.LibYara.cs against yara.h, by a compiled probe.</summary>
public sealed unsafe class YaraLayoutTests
{
    [Fact]
    public void Structures_and_constants_are_those_of_the_header()
    {
        var expected = new Dictionary<string, long>
        {
            ["sizeof(YR_RULE)"] = sizeof(LibYara.YR_RULE),
            ["offsetof(YR_RULE, flags)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.flags)),
            ["offsetof(YR_RULE, num_atoms)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.num_atoms)),
            ["offsetof(YR_RULE, identifier)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.identifier)),
            ["offsetof(YR_RULE, tags)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.tags)),
            ["offsetof(YR_RULE, metas)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.metas)),
            ["offsetof(YR_RULE, strings)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.strings)),
            ["offsetof(YR_RULE, ns)"] = Offset<LibYara.YR_RULE>(nameof(LibYara.YR_RULE.ns)),
            ["sizeof(YR_NAMESPACE)"] = sizeof(LibYara.YR_NAMESPACE),
            ["offsetof(YR_NAMESPACE, name)"] = Offset<LibYara.YR_NAMESPACE>(nameof(LibYara.YR_NAMESPACE.name)),
            ["offsetof(YR_NAMESPACE, idx)"] = Offset<LibYara.YR_NAMESPACE>(nameof(LibYara.YR_NAMESPACE.idx)),
            ["offsetof(YR_SCAN_CONTEXT, file_size)"] = Offset<LibYara.YR_SCAN_CONTEXT>(nameof(LibYara.YR_SCAN_CONTEXT.file_size)),
            ["offsetof(YR_SCAN_CONTEXT, entry_point)"] = Offset<LibYara.YR_SCAN_CONTEXT>(nameof(LibYara.YR_SCAN_CONTEXT.entry_point)),
            ["offsetof(YR_SCAN_CONTEXT, flags)"] = Offset<LibYara.YR_SCAN_CONTEXT>(nameof(LibYara.YR_SCAN_CONTEXT.flags)),
            ["offsetof(YR_SCAN_CONTEXT, canary)"] = Offset<LibYara.YR_SCAN_CONTEXT>(nameof(LibYara.YR_SCAN_CONTEXT.canary)),
            ["offsetof(YR_SCAN_CONTEXT, timeout)"] = Offset<LibYara.YR_SCAN_CONTEXT>(nameof(LibYara.YR_SCAN_CONTEXT.timeout)),
            ["sizeof(((YR_SCAN_CONTEXT*)0)->timeout)"] = sizeof(ulong),
            ["YR_MAJOR_VERSION"] = 4,
            ["YR_MINOR_VERSION"] = 2,
            ["ERROR_SUCCESS"] = LibYara.ERROR_SUCCESS,
            ["ERROR_SCAN_TIMEOUT"] = LibYara.ERROR_SCAN_TIMEOUT,
            ["YARA_ERROR_LEVEL_ERROR"] = LibYara.YARA_ERROR_LEVEL_ERROR,
            ["CALLBACK_MSG_RULE_MATCHING"] = LibYara.CALLBACK_MSG_RULE_MATCHING,
            ["CALLBACK_CONTINUE"] = LibYara.CALLBACK_CONTINUE,
            ["SCAN_FLAGS_FAST_MODE"] = LibYara.SCAN_FLAGS_FAST_MODE,
            ["SCAN_FLAGS_NO_TRYCATCH"] = LibYara.SCAN_FLAGS_NO_TRYCATCH,
            ["SCAN_FLAGS_REPORT_RULES_MATCHING"] = LibYara.SCAN_FLAGS_REPORT_RULES_MATCHING,
            ["YR_CONFIG_MAX_MATCH_DATA"] = LibYara.YR_CONFIG_MAX_MATCH_DATA,
        };
        string prints = string.Concat(expected.Keys.Select(fact => $"    printf(\"%s=%ld\\n\", \"{fact}\", (long)({fact}));\n"));
        Assert.Equal(expected, Probe(prints));
    }

    /// <summary>Function types: a changed signature in the header does not compile against these.</summary>
    [Fact]
    public void Functions_have_the_signatures_of_the_header()
    {
        Probe("""
                int (*a)(void) = yr_initialize;
                int (*b)(YR_CONFIG_NAME, uint32_t) = yr_set_configuration_uint32;
                int (*c)(YR_COMPILER**) = yr_compiler_create;
                void (*d)(YR_COMPILER*) = yr_compiler_destroy;
                void (*e)(YR_COMPILER*, void (*)(int, const char*, int, const YR_RULE*, const char*, void*), void*) = yr_compiler_set_callback;
                void (*f)(YR_COMPILER*, YR_COMPILER_INCLUDE_CALLBACK_FUNC, YR_COMPILER_INCLUDE_FREE_FUNC, void*) = yr_compiler_set_include_callback;
                int (*g)(YR_COMPILER*, const char*, const char*) = yr_compiler_add_string;
                int (*h)(YR_COMPILER*, YR_RULES**) = yr_compiler_get_rules;
                int (*i)(YR_RULES*) = yr_rules_destroy;
                int (*j)(YR_RULES*, YR_SCANNER**) = yr_scanner_create;
                void (*k)(YR_SCANNER*) = yr_scanner_destroy;
                void (*l)(YR_SCANNER*, int (*)(YR_SCAN_CONTEXT*, int, void*, void*), void*) = yr_scanner_set_callback;
                void (*m)(YR_SCANNER*, int) = yr_scanner_set_timeout;
                void (*n)(YR_SCANNER*, int) = yr_scanner_set_flags;
                int (*o)(YR_SCANNER*, const uint8_t*, size_t) = yr_scanner_scan_mem;
                printf("functions=%d\n", (a && b && c && d && e && f && g && h && i && j && k && l && m && n && o) ? 15 : 0);

            """);
    }

    private static long Offset<T>(string field)
        where T : unmanaged => (long)Marshal.OffsetOf<T>(field);

    private static Dictionary<string, long> Probe(string statements)
    {
        using var folder = new ContentFolder();
        folder.With("probe.c", $$"""
            #include <stddef.h>
            #include <stdio.h>
            #include <yara.h>
            int main(void)
            {
            {{statements}}
                return 0;
            }

            """);
        TestProcess compiled = TestProcess.Run("gcc", "-Wall", "-Werror", "-o", folder["probe"], folder["probe.c"], "-lyara");
        Assert.True(compiled.ExitCode == 0, compiled.Output);
        TestProcess probe = TestProcess.Run(folder["probe"]);
        Assert.Equal(0, probe.ExitCode);
        return probe.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('='))
            .ToDictionary(parts => parts[0], parts => long.Parse(parts[1], CultureInfo.InvariantCulture));
    }
}
