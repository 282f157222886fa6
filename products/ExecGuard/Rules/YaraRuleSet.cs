using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Outwork.Products.ExecGuard.Interop;

namespace Outwork.Products.ExecGuard.Rules;

/// <summary>Compiled rules. Immutable; any number of threads may scan at a time. Not to be disposed while one does.</summary>
internal sealed unsafe class YaraRuleSet(YaraRulesHandle rules, IReadOnlyDictionary<string, YaraRuleLocations> files) : IDisposable
{
    private const ulong NanosecondsPerSecond = 1_000_000_000;
    private const int MaxNamed = 4;

    /// <summary>Files the rules come from.</summary>
    public int FileCount => files.Count;

    /// <summary>Rules, private ones included.</summary>
    public int RuleCount { get; } = files.Values.Sum(file => file.Count);

    /// <summary>Looks for every rule in the memory.</summary>
    /// <param name="memory">The whole file.</param>
    /// <param name="timeoutNs">Longest duration, at least 1 ns; libyara looks at its clock every 4 KiB and every few hundred instructions.</param>
    /// <returns>What was found.</returns>
    public YaraScanResult Scan(ReadOnlySpan<byte> memory, long timeoutNs)
    {
        // A scanner for each scan: one that is used again remembers the last file's entry point, and clearing its tables
        // costs what allocating them does.
        int error = LibYara.yr_scanner_create(rules, out LibYara.YR_SCAN_CONTEXT* scanner);
        if (error != LibYara.ERROR_SUCCESS)
            return YaraScanResult.Failed(error);
        try
        {
            var found = default(Found);
            LibYara.yr_scanner_set_callback(scanner, &OnMessage, &found);
            LibYara.yr_scanner_set_flags(
                scanner, LibYara.SCAN_FLAGS_FAST_MODE | LibYara.SCAN_FLAGS_NO_TRYCATCH | LibYara.SCAN_FLAGS_REPORT_RULES_MATCHING);
            SetTimeout(scanner, (ulong)Math.Max(timeoutNs, 1));
            fixed (byte* start = memory)
                error = LibYara.yr_scanner_scan_mem(scanner, start, (nuint)memory.Length);
            return error switch
            {
                LibYara.ERROR_SUCCESS => found.Count == 0 ? YaraScanResult.NoMatch : YaraScanResult.Matched(Name(ref found)),
                LibYara.ERROR_SCAN_TIMEOUT => YaraScanResult.TimedOut,
                _ => YaraScanResult.Failed(error),
            };
        }
        finally
        {
            LibYara.yr_scanner_destroy(scanner);
        }
    }

    public void Dispose() => rules.Dispose();

    private static void SetTimeout(LibYara.YR_SCAN_CONTEXT* scanner, ulong timeoutNs)
    {
        // The function takes seconds, which is longer than a program may wait. The field is set directly, if it is seen to be
        // where the header of 4.2 says; else seconds it is, and the broker's deadline answers for us.
        int seconds = (int)Math.Min((timeoutNs + NanosecondsPerSecond - 1) / NanosecondsPerSecond, int.MaxValue);
        LibYara.yr_scanner_set_timeout(scanner, seconds);
        if (scanner->timeout == (ulong)seconds * NanosecondsPerSecond)
            scanner->timeout = timeoutNs;
    }

    private string Name(ref Found found)
    {
        string[] names = new string[Math.Min(found.Count, MaxNamed)];
        for (int i = 0; i < names.Length; i++)
        {
            var rule = (LibYara.YR_RULE*)found.Rules[i];
            string identifier = Marshal.PtrToStringUTF8((nint)rule->identifier) ?? "";
            string file = Marshal.PtrToStringUTF8((nint)rule->ns->name) ?? "";
            int line = files.TryGetValue(file, out YaraRuleLocations? locations) ? locations.LineOf(identifier) : 0;
            names[i] = line > 0 ? $"{identifier} ({file}:{line})" : $"{identifier} ({file})";
        }

        string more = found.Count > names.Length ? $" and {found.Count - names.Length} more" : "";
        return (names.Length > 1 ? "rules " : "rule ") + string.Join(", ", names) + more;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnMessage(LibYara.YR_SCAN_CONTEXT* context, int message, void* data, void* user)
    {
        if (message == LibYara.CALLBACK_MSG_RULE_MATCHING)
        {
            var found = (Found*)user;
            if (found->Count < MaxNamed)
                found->Rules[found->Count] = (nint)data;
            found->Count++;
        }

        // Too many matches of one string: libyara goes on without that string.
        return LibYara.CALLBACK_CONTINUE;
    }

    private struct Found
    {
        public int Count;
        public RulePointers Rules;
    }

    [InlineArray(MaxNamed)]
    private struct RulePointers
    {
        private nint _first;
    }
}
