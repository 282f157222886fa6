using System.CommandLine;
using System.CommandLine.Invocation;
using Outwork.Cli.Help;
using Outwork.Cli.Products;
using Outwork.Cli.Status;
using Outwork.Cli.Up;

namespace Outwork.Cli;

/// <summary>Every command.</summary>
internal static class CommandTree
{
    private static readonly string[] Examples =
    [
        "outwork status", "outwork watch", "outwork explain 42", "outwork policy check policy.yaml", "sudo outwork up",
    ];

    public static RootCommand Create(CommandSetting setting)
    {
        var root = new RootCommand("Outwork: security products outside the kernel.")
        {
            setting.Socket,
            UpCommand.Create(() => new PlainView(Console.Out)),
            StatusCommand.Create(setting),
            ProductCommand.Create(setting),
        };
        HelpWithExamples.Install(root, Examples);
        return root;
    }

    /// <summary>Runs one command line; returns its exit code.</summary>
    public static async Task<int> RunAsync(CommandSetting setting, string[] arguments)
    {
        // A file name that begins with '@' is a file name.
        ParseResult parsed = Create(setting).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        int code = await parsed.InvokeAsync(new InvocationConfiguration { Output = setting.Terminal.Output, Error = setting.Terminal.Error });
        await setting.Terminal.Output.FlushAsync();
        return parsed.Action is ParseErrorAction ? ExitCodes.Usage : code;
    }
}
