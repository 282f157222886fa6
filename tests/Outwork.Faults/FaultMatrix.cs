using System.Text;

namespace Outwork.Faults;

/// <summary>docs/fault-matrix.md: a row for each fault, with what was measured.</summary>
public static class FaultMatrix
{
    private const string Head = """
        # Fault matrix

        What goes wrong, what it costs others, and how it comes back. This file is written by the tests of
        [tests/Outwork.Faults.Tests](../tests/Outwork.Faults.Tests) as they run (`./outwork test --fault-matrix docs/fault-matrix.md`); each row
        is a test, which fails when a limit is not kept. A whole Outwork runs on the real kernel, with products that judge, while a program does
        real work on the guarded file system all the time: it opens files, starts known and new programs, and tries what is denied.

        No operation of another program fails for any of these. **Lost** is what was not there for a while: *guard* (what a rule denies got
        through), *opinion* (the product that was hit could not be asked: its rule's on-failure applied), *control* (`outwork status` got
        no answer), and the counters of failures that grew (see [failures.md](failures.md)). **Longest wait** is the longest of all operations
        of that program, its own work included, on a machine that was busy with other things; the deadline of every rule that asks is 250 ms. The time at the end
        is from the fault, or from what ended it, to a system in which everything judges again.


        """;

    private static readonly (FaultGroup Group, string Title)[] Sections =
    [
        (FaultGroup.Product, "Products"),
        (FaultGroup.Broker, "The broker"),
        (FaultGroup.Warden, "The warden and its keeper"),
        (FaultGroup.Agent, "The agent and its socket"),
        (FaultGroup.Input, "Policy and content"),
        (FaultGroup.Resource, "Disk, memory, processes, processor"),
        (FaultGroup.Kernel, "Files, file systems and storms"),
    ];

    /// <summary>The whole document.</summary>
    public static string Format(IReadOnlyCollection<FaultResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var text = new StringBuilder(Head);
        foreach ((FaultGroup group, string title) in Sections)
        {
            _ = text.Append($"## {title}\n\n| fault | what happens | lost | for how long | longest wait | how it came back |\n|---|---|---|---|---|---|\n");
            foreach (Fault fault in FaultCatalog.All.Where(fault => fault.Group == group))
            {
                if (results.FirstOrDefault(result => result.Fault.Name == fault.Name) is { } result)
                    _ = text.Append(Row(result));
            }

            _ = text.Append('\n');
        }

        return text.ToString().TrimEnd('\n') + "\n";
    }

    /// <summary>The names of the faults that a document has rows of.</summary>
    public static IReadOnlyList<string> NamesIn(string document)
    {
        ArgumentNullException.ThrowIfNull(document);
        return
        [
            .. document.Split('\n').Where(static line => line.StartsWith("| ", StringComparison.Ordinal) && !line.StartsWith("| fault ", StringComparison.Ordinal))
                .Select(static line => line.Split('|')[1].Trim()),
        ];
    }

    private static string Row(FaultResult result)
    {
        var lost = new List<string>();
        var spans = new List<string>();
        Note(lost, spans, "guard", result.Unprotected, endless: result.Fault.Recovery is null);
        Note(lost, spans, "opinion", result.WithoutProduct, endless: result.Fault.Recovery is null && result.WithoutProduct > TimeSpan.Zero);
        Note(lost, spans, "control", result.WithoutControl, endless: result.Fault.Recovery is null && result.WithoutControl > TimeSpan.Zero);
        lost.AddRange(result.Lost.Where(static entry => entry.Key.StartsWith("failure.", StringComparison.Ordinal) || entry.Key.Contains("lost", StringComparison.Ordinal))
            .Select(static entry => $"{entry.Key.Replace("failure.", "", StringComparison.Ordinal)} {entry.Value}"));
        string back = result.Recovery is { } recovery ? $"{result.Fault.Return}: {Seconds(recovery)}" : result.Fault.Return;
        return $"| {result.Fault.Name} | {result.Fault.Description} | {Or(lost, "nothing")} | {Or(spans, "-")} | {Milliseconds(result.LongestWait)} | {back} |\n";
    }

    private static void Note(List<string> lost, List<string> spans, string what, TimeSpan span, bool endless)
    {
        if (span == TimeSpan.Zero)
            return;
        lost.Add(what);
        spans.Add(endless ? $"{what} from then on" : $"{what} {Seconds(span)}");
    }

    private static string Or(List<string> parts, string none) => parts.Count == 0 ? none : string.Join(", ", parts);

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:0.00} s";

    private static string Milliseconds(TimeSpan time) => $"{time.TotalMilliseconds:0} ms";
}
