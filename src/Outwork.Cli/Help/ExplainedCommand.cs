using System.CommandLine;

namespace Outwork.Cli.Help;

/// <summary>A command whose help shows examples.</summary>
internal sealed class ExplainedCommand(string name, string description) : Command(name, description)
{
    /// <summary>Command lines, each as it would be typed.</summary>
    public required string[] Examples { get; init; }
}
