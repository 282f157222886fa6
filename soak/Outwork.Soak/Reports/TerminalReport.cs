using System.Globalization;
using Outwork.Soak.Judging;
using Spectre.Console;

namespace Outwork.Soak.Reports;

/// <summary>The report for a person.</summary>
internal static class TerminalReport
{
    // Where the width is unknown (a file, a pipe) Spectre takes 80 columns, which breaks every cell.
    private const int NarrowestWidth = 132;

    /// <summary>Prints all of it.</summary>
    public static void Print(IAnsiConsole console, SoakReport report)
    {
        console.Profile.Width = Math.Max(console.Profile.Width, NarrowestWidth);
        console.Write(FaultTable(report));
        console.Write(WaitTable(report));
        console.Write(FlatnessTable(report));
        console.WriteLine(
            Text($"Beside: {report.Builds} builds (longest {report.LongestBuildSeconds:0.0} s), {report.Storms} storms. Events told as lost: {report.LossTold},")
            + Text($" in {report.LossCompared} comparisons with the count. Let through because the product was demoted: {report.AllowedWhileDemoted}."));
        if (report.NotDone.Count > 0)
            console.WriteLine($"Not done, for want of time: {string.Join(", ", report.NotDone)}.");
        foreach (Violation violation in report.Violations)
            console.WriteLine(Describe(violation));
        foreach (string said in report.Explanations)
            console.WriteLine($"    Outwork says: {said}");
        if (report.ViolationCount > report.Violations.Count)
            console.WriteLine($"... and {report.ViolationCount - report.Violations.Count} more.");
        console.WriteLine(Summary(report));
    }

    /// <summary>One violation, with the faults before it.</summary>
    public static string Describe(Violation violation) =>
        Text($"VIOLATION {violation.Invariant} at {violation.AtSeconds:0.0} s: {violation.What}\n")
        + string.Concat(violation.LastFaults.Select(fault => $"    after {fault}\n")).TrimEnd('\n');

    /// <summary>The last line.</summary>
    public static string Summary(SoakReport report)
    {
        string longest = report.Longest is { } wait ? Text($"; longest wait of any operation {wait.LongestMilliseconds:0} ms ({wait.Kind})") : "";
        string faults = Text($"{(report.Interrupted ? "Interrupted after" : "Soaked for")} {report.Minutes:0.0} min, seed {report.Seed}: {report.Faults.Sum(row => row.Times)} faults{longest}");
        return report.ViolationCount == 0
            ? $"{faults}; no violation."
            : $"{faults}; {report.ViolationCount} VIOLATIONS. To repeat: {report.Again}";
    }

    private static Table FaultTable(SoakReport report)
    {
        Table table = new Table().Title("Faults").AddColumn("").AddColumn(Right("times")).AddColumn(Right("back, median")).AddColumn(Right("longest"))
            .AddColumn(Right("longest wait")).AddColumn(Right("open at most")).AddColumn(Right("let through: by rule")).AddColumn(Right("by product"));
        foreach (FaultRow row in report.Faults)
        {
            table.AddRow(
                row.Kind, Text($"{row.Times}"), Text($"{row.MedianBackSeconds:0.00} s"), Text($"{row.LongestBackSeconds:0.00} s"),
                Text($"{row.LongestWaitMilliseconds:0} ms"), Text($"{row.LongestOpenSeconds:0.00} s"), Text($"{row.RuleAllowed}"), Text($"{row.ProductAllowed}"));
        }
        return table;
    }

    private static Table WaitTable(SoakReport report)
    {
        Table table = new Table().Title("Operations").AddColumn("").AddColumn(Right("done")).AddColumn(Right("longest")).AddColumn(Right("at"));
        foreach (WaitRow row in report.Waits)
            table.AddRow(row.Kind, Text($"{row.Count}"), Text($"{row.LongestMilliseconds:0.0} ms"), Text($"{row.AtSeconds:0.0} s"));
        return table;
    }

    private static Table FlatnessTable(SoakReport report)
    {
        Table table = new Table().Title("Last third against first third, at the same age").AddColumn("").AddColumn("").AddColumn(Right("first"))
            .AddColumn(Right("last")).AddColumn(Right("change")).AddColumn(Right("a minute")).AddColumn(Right("samples")).AddColumn("");
        foreach (FlatnessRow row in report.Flatness)
        {
            string judged = row.IsJudged ? "" : "not judged: too short";
            if (row.Thirds is not { } thirds)
                table.AddRow(row.Role, row.Measure, "", "", "", "", "0", judged);
            else
            {
                table.AddRow(
                    row.Role, row.Measure, Amount(row.Measure, thirds.First), Amount(row.Measure, thirds.Last), Text($"{(thirds.Ratio - 1) * 100:+0.0;-0.0;0.0} %"),
                    Amount(row.Measure, thirds.Slope), Text($"{thirds.Compared}"), judged);
            }
        }
        return table;
    }

    private static string Amount(string measure, double value) => measure == Measures.Memory ? Text($"{value / 1e6:0.00} MB") : Text($"{value:0.0}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();
}
