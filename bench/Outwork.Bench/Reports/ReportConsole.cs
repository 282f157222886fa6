using Spectre.Console;

namespace Outwork.Bench.Reports;

/// <summary>Where reports are printed: with colours on a terminal, plain in a file or a pipe.</summary>
internal static class ReportConsole
{
    /// <summary>The standard output.</summary>
    public static IAnsiConsole Create() => Console.IsOutputRedirected
        ? AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors })
        : AnsiConsole.Console;
}
