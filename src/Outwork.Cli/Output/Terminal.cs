using Spectre.Console;
using Spectre.Console.Rendering;

namespace Outwork.Cli.Output;

/// <summary>Where the command line writes: what was asked for to the output, what went wrong to the error output.</summary>
internal sealed class Terminal
{
    // Wide enough that a table in a pipe never wraps.
    private const int UnboundedWidth = 32_768;

    private readonly IAnsiConsole _console;

    /// <param name="output">What was asked for.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="isInteractive">True for a terminal that knows cursor movements; else plain lines are written.</param>
    /// <param name="hasColors">False when the person wants none.</param>
    public Terminal(TextWriter output, TextWriter error, bool isInteractive, bool hasColors = true)
    {
        Output = output;
        Error = error;
        IsInteractive = isInteractive;
        IsTerminal = isInteractive;
        _console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = isInteractive ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = isInteractive && hasColors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isInteractive ? InteractionSupport.Yes : InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!isInteractive)
            _console.Profile.Width = UnboundedWidth;
    }

    /// <summary>What was asked for.</summary>
    public TextWriter Output { get; }

    /// <summary>What went wrong.</summary>
    public TextWriter Error { get; }

    /// <summary>True when a person looks at a terminal that knows cursor movements.</summary>
    public bool IsInteractive { get; }

    /// <summary>True when the output is a terminal, of whatever kind: what comes from outside must not reach it unescaped.</summary>
    public bool IsTerminal { get; private init; }

    /// <summary>For views that redraw.</summary>
    public IAnsiConsole Console => _console;

    /// <summary>The terminal, pipe or file that this process writes to.</summary>
    public static Terminal OfThisProcess()
    {
        bool isDumb = System.Environment.GetEnvironmentVariable("TERM") is null or "" or "dumb";
        bool isInteractive = !System.Console.IsOutputRedirected && !isDumb;
        bool hasColors = string.IsNullOrEmpty(System.Environment.GetEnvironmentVariable("NO_COLOR"));
        TextWriter output = StandardOutput.Open();
        return new Terminal(output, System.Console.Error, isInteractive, hasColors) { IsTerminal = !System.Console.IsOutputRedirected };
    }

    /// <summary>Writes one line; the text must have gone through <see cref="TerminalText"/> where it is not ours.</summary>
    public void WriteLine(string text = "", Style? style = null)
    {
        if (IsInteractive && style is not null)
        {
            _console.Write(new Text(text, style));
            Output.WriteLine();
        }
        else
        {
            Output.WriteLine(text);
        }

        Output.Flush();
    }

    /// <summary>Writes a table or another view.</summary>
    public void Write(IRenderable view)
    {
        _console.Write(view);
        Output.Flush();
    }

    /// <summary>Says what went wrong.</summary>
    public void WriteError(string text) => Error.WriteLine($"outwork: {text}");
}
