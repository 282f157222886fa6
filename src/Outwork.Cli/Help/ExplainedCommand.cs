using System.CommandLine;

namespace Outwork.Cli.Help;

/// <summary>A command whose help shows examples.</summary>
internal sealed class ExplainedCommand : Command
{
    /// <param name="name">What it is called.</param>
    /// <param name="description">What it does.</param>
    /// <param name="parts">Its commands, arguments and options.</param>
    public ExplainedCommand(string name, string description, params ReadOnlySpan<Symbol> parts)
        : base(name, description)
    {
        foreach (Symbol part in parts)
        {
            switch (part)
            {
                case Command command:
                    Subcommands.Add(command);
                    break;
                case Argument argument:
                    Arguments.Add(argument);
                    break;
                case Option option:
                    Options.Add(option);
                    break;
            }
        }
    }

    /// <summary>Command lines, each as it would be typed.</summary>
    public required string[] Examples { get; init; }
}
