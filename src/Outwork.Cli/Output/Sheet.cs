using Spectre.Console;

namespace Outwork.Cli.Output;

/// <summary>A titled table: aligned columns, no lines, so that it reads the same on a terminal and in a pipe.</summary>
internal sealed class Sheet
{
    private readonly string _title;
    private readonly Table _table = new Table().NoBorder();

    public Sheet(string title, params string[] columns)
    {
        _title = title;
        foreach (string column in columns)
            _table.AddColumn(new TableColumn(new Text(column, new Style(decoration: Decoration.Dim))));
    }

    /// <summary>Adds a row. Every cell is escaped here.</summary>
    public void Add(Style? style, params string[] cells) =>
        _table.AddRow(cells.Select(c => new Text(TerminalText.Escape(c), style)));

    /// <summary>Writes title and table; nothing when there is no row.</summary>
    public void WriteTo(Terminal terminal)
    {
        if (_table.Rows.Count == 0)
            return;
        terminal.WriteLine();
        terminal.WriteLine(_title, Styles.Heading);
        terminal.Write(_table);
    }
}
