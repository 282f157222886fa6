using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Outwork.Cli.Help;

/// <summary>The library's help, with examples after it.</summary>
internal sealed class HelpWithExamples(HelpAction standard, string[] rootExamples) : SynchronousCommandLineAction
{
    /// <summary>Gives every command of the tree this help.</summary>
    public static void Install(RootCommand root, string[] rootExamples)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        // Habits of another system; here they would be suggested where a path is typed.
        option.Aliases.Remove("/?");
        option.Aliases.Remove("/h");
        option.Action = new HelpWithExamples((HelpAction)option.Action!, rootExamples);
    }

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = standard.Invoke(parseResult);
        string[] examples = parseResult.CommandResult.Command switch
        {
            ExplainedCommand explained => explained.Examples,
            RootCommand => rootExamples,
            _ => [],
        };
        if (examples.Length == 0)
            return code;
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
