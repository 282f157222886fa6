using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Outwork.Soak;

/// <summary>The library's help, with examples after it.</summary>
internal sealed class HelpWithExamples(HelpAction standard, string[] examples) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = standard.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (string example in examples)
            output.WriteLine($"  {example}");
        output.WriteLine();
        return code;
    }
}
