using Outwork.Cli.Output;
using Spectre.Console;

namespace Outwork.Cli.Certify;

/// <summary>The report for people.</summary>
internal static class CertifySheet
{
    private const int LongestMeasured = 140;

    public static void Write(Terminal terminal, CertifyReport report)
    {
        string name = report.Name.Length == 0 ? Path.GetFileName(report.Product) : report.Name;
        var sheet = new Sheet($"Checks of {TerminalText.Escape(name)}{(report.Confined ? "" : ", without confinement")}", "", "CHECK", "MEASURED");
        foreach (CheckResult check in report.Checks)
            sheet.Add(StyleOf(check), Mark(check), check.Name, Cut(check.Measured));
        sheet.WriteTo(terminal);
        CheckResult[] failed = [.. report.Checks.Where(static check => check.Outcome == CheckOutcome.Failed)];
        foreach (CheckResult check in failed)
        {
            terminal.WriteLine();
            terminal.WriteLine($"{check.Name}: {TerminalText.Escape(check.Measured)}", Styles.Bad);
            terminal.WriteLine($"  {check.Advice}");
        }

        if (failed.Length != 0 && report.Log.Length != 0)
        {
            terminal.WriteLine();
            terminal.WriteLine("The end of the product's log", Styles.Heading);
            terminal.WriteLine(TerminalText.EscapeLines(report.Log));
        }

        if (report.Warnings.Length != 0)
            terminal.WriteLine();
        foreach (string warning in report.Warnings)
            terminal.WriteLine(TerminalText.Escape(warning), Styles.Warning);
        int passed = report.Checks.Count(static check => check.Outcome == CheckOutcome.Passed);
        int notRun = report.Checks.Length - passed - failed.Length;
        terminal.WriteLine();
        terminal.WriteLine(
            $"{(report.Passed ? "CERTIFIED" : "NOT CERTIFIED")}: {passed} passed, {failed.Length} failed, {notRun} not run.",
            report.Passed ? Styles.Good : Styles.Bad);
    }

    // What a product says of itself can be long; JSON has all of it.
    private static string Cut(string measured) => measured.Length <= LongestMeasured ? measured : measured[..LongestMeasured] + " ...";

    private static string Mark(CheckResult check) => check.Outcome switch
    {
        CheckOutcome.Passed => "pass",
        CheckOutcome.Failed => "FAIL",
        _ => "-",
    };

    private static Style? StyleOf(CheckResult check) => check.Outcome switch
    {
        CheckOutcome.Failed => Styles.Bad,
        CheckOutcome.NotRun => Styles.Quiet,
        _ => null,
    };
}
