using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Outwork.Platform.Linux.Sandbox;
using Outwork.Platform.Linux.Sandbox.Attempts;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Sandbox;

/// <summary>A wrong number would refuse a harmless call and let the harmful one through: the C headers say which are right.</summary>
public sealed class SystemCallNumbersTests
{
    private static readonly SystemCall[] All =
    [
        .. SystemCalls.Refused, .. FileCall.All.Select(static file => file.Call), SystemCalls.ThreadKill, SystemCalls.GroupThreadKill, SystemCalls.Clone, SystemCalls.Clone3, SystemCalls.Kill, SystemCalls.Socket, SystemCalls.SocketPair,
        SystemCalls.Connect, SystemCalls.FileControl, SystemCalls.FileLock, SystemCalls.Ioctl,
    ];

    // Of Linux 6.6: headers of distributions do not have it yet.
    private static readonly string[] Young = ["fchmodat2"];

    [Fact]
    public void Numbers_are_those_of_the_headers()
    {
        Assert.SkipUnless(RuntimeInformation.ProcessArchitecture == Architecture.X64, "x86-64");
        Dictionary<string, int> numbers = Numbers("-m64", "#include <asm/unistd_64.h>\n");
        Assert.All(Known(numbers), call => Assert.Equal(numbers[call.Name], call.X64));
    }

    [Fact]
    public void Numbers_of_arm64_are_those_of_the_generic_header()
    {
        Dictionary<string, int> numbers = Numbers(
            "-m64", "#define __BITS_PER_LONG 64\n#define __ARCH_WANT_SYS_CLONE3\n#define __ARCH_WANT_RENAMEAT\n#include <asm-generic/unistd.h>\n");
        Assert.All(Known(numbers), call => Assert.Equal(numbers.GetValueOrDefault(call.Name, -1), call.Arm64));
    }

    [Fact]
    public void No_call_is_listed_twice()
    {
        Assert.Equal(All.Length, All.Select(call => call.Name).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(All.Length, All.Select(call => call.X64).Distinct().Count());
    }

    [Fact]
    public void Filter_is_short_enough_and_ends_in_a_return()
    {
        FilterProgram program = SystemCallFilter.Build(network: true, self: 1, refuse: 0, files: true);
        Assert.InRange(program.Instructions.Length, All.Length, 4096);
        Assert.Equal(0x06, program.Instructions[^1].code);
    }

    private static SystemCall[] Known(Dictionary<string, int> numbers) => [.. All.Where(call => numbers.ContainsKey(call.Name) || !Young.Contains(call.Name))];

    private static Dictionary<string, int> Numbers(string machine, string includes)
    {
        using var directory = new TempDirectory();
        File.WriteAllText(directory["numbers.c"], includes);
        TestProcess macros = TestProcess.Run("gcc", machine, "-E", "-dM", directory["numbers.c"]);
        Assert.Equal(0, macros.ExitCode);
        Dictionary<string, string> defined = Regex.Matches(macros.Output, @"^#define (?<name>__NR\w+) (?<value>\w+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(5))
            .ToDictionary(match => match.Groups["name"].Value, match => match.Groups["value"].Value);
        var numbers = new Dictionary<string, int>();
        foreach ((string name, string value) in defined)
        {
            // __NR_fcntl is __NR3264_fcntl in the generic header.
            string resolved = defined.GetValueOrDefault(value, value);
            if (name.StartsWith("__NR_", StringComparison.Ordinal) && int.TryParse(resolved, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                numbers[name["__NR_".Length..]] = number;
        }

        return numbers;
    }
}
