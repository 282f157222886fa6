using Outwork.Cli.Decisions;
using Outwork.Cli.Output;
using Outwork.Contracts.Control;
using Outwork.Contracts.Verdicts;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Outwork.Cli.Live;

/// <summary>Draws a frame of the live view: never taller or wider than the terminal, one line a decision, the newest on top.</summary>
internal sealed class LiveDrawing(Instants instants)
{
    // Verdict, latency, id (seven digits) and a space after each of seven columns.
    private const int FixedWidth = 7 + 8 + 7 + 7;
    private const int LeastFlexible = 24;

    // Below this, milliseconds of the time give way to the file's name.
    private const int WideEnough = 100;
    private const int SecondsWidth = 8;
    private const int MillisecondsWidth = 12;
    private const int LeastRows = 3;

    /// <summary>The frame for a terminal of so many columns and lines.</summary>
    public IRenderable Draw(LiveFrame frame, int width, int height)
    {
        IRenderable[] header = [.. Header(frame, width)];
        // Column titles, an empty line before them, and the line the cursor is on.
        int rows = Math.Max(LeastRows, height - header.Length - 4);
        return new Rows([.. header, Text.Empty, Decisions(frame.Decisions, width, rows)]);
    }

    private IEnumerable<IRenderable> Header(LiveFrame frame, int width)
    {
        if (frame.Status is { } status)
        {
            yield return status.Protecting
                ? Line($"Outwork {status.Version}: protection is on since {instants.Since(status.ProtectingSinceUnixNs)}", width, Styles.Good)
                : Line($"Outwork {status.Version}: protection is OFF. Nothing is refused.", width, Styles.Bad);
            yield return Line($"Guarded: {string.Join(", ", status.Guarded)}", width);
            if (status.NotGuarded.Length > 0)
                yield return Line($"Not guarded: {string.Join(", ", status.NotGuarded)}", width, Styles.Warning);
            yield return Line($"Products: {string.Join(", ", status.Products.Select(Product))}", width);
        }

        if (frame.Trouble is { } trouble)
            yield return Line(trouble, width, Styles.Bad);
        string lost = frame.Lost == 0 ? "" : $"; {frame.Lost} not shown here";
        yield return Line($"{frame.EventsPerSecond:0} events/s{lost}. Ctrl-C stops protection.", width, Styles.Quiet);
    }

    private Table Decisions(DecisionRecord[] decisions, int width, int rows)
    {
        int timeWidth = width < WideEnough ? SecondsWidth : MillisecondsWidth;
        int flexible = Math.Max(LeastFlexible, width - FixedWidth - timeWidth);
        int processWidth = flexible / 5;
        int sourceWidth = flexible * 3 / 10;
        int fileWidth = flexible - processWidth - sourceWidth;
        Table table = new Table().NoBorder();
        foreach (string column in (string[])["TIME", "VERDICT", "PROCESS", "FILE", "BY", "TOOK", "ID"])
            table.AddColumn(new TableColumn(new Text(column, Styles.Quiet)) { NoWrap = true, Padding = new Padding(0, 0, 1, 0) });
        foreach (DecisionRecord decision in decisions.Reverse().Take(rows))
        {
            Style? style = Styles.Of(decision);
            string[] cells =
            [
                instants.TimeOfDay(decision.TimeUnixNs)[..timeWidth], DecisionWords.Answer(decision),
                Cut(DecisionWords.Process(decision), processWidth), Cut(DecisionWords.File(decision), fileWidth),
                Cut(DecisionWords.Source(decision), sourceWidth), Instants.Microseconds(decision.Microseconds), $"{decision.Id}",
            ];
            table.AddRow(cells.Select(c => new Text(c, style)));
        }

        return table;
    }

    private static string Product(ProductStatus product) => $"{product.Name} ({product.State}, {product.Answered} answered, {product.Missed} missed)";

    private static Text Line(string text, int width, Style? style = null) => new(Cut(TerminalText.Escape(text), width), style);

    /// <summary>Cuts the middle out: the end of a path says most.</summary>
    private static string Cut(string text, int width)
    {
        if (text.Length <= width || width < 3)
            return text;
        int head = (width - 1) / 3;
        return $"{text[..head]}…{text[^(width - 1 - head)..]}";
    }
}
