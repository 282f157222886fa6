using Outwork.Platform.Processes;

namespace Outwork.Platform.Linux.ProductsUnderTest;

/// <summary>How a process ended, in words.</summary>
public static class ProductEnding
{
    /// <summary>As <c>ended by signal 11 (SIGSEGV)</c>.</summary>
    public static string Describe(ProcessExit exit) => exit.Signal switch
    {
        0 => $"ended with code {exit.Code}",
        6 => "ended by signal 6 (SIGABRT)",
        7 => "ended by signal 7 (SIGBUS)",
        9 => "ended by signal 9 (SIGKILL)",
        11 => "ended by signal 11 (SIGSEGV)",
        31 => "ended by signal 31 (SIGSYS)",
        _ => $"ended by signal {exit.Signal}",
    };
}
