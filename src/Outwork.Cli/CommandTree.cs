using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using Outwork.Cli.Certify;
using Outwork.Cli.Completion;
using Outwork.Cli.Contents;
using Outwork.Cli.Decisions;
using Outwork.Cli.Help;
using Outwork.Cli.Live;
using Outwork.Cli.Output;
using Outwork.Cli.Packages;
using Outwork.Cli.Policies;
using Outwork.Cli.Products;
using Outwork.Cli.Repositories;
using Outwork.Cli.Status;
using Outwork.Cli.Up;
using Outwork.Cli.Watch;

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
            UpCommand.Create(() => new LiveView(setting)),
            StatusCommand.Create(setting),
            WatchCommand.Create(setting),
            DecisionsCommand.Create(setting),
            ExplainCommand.Create(setting),
            PolicyCommand.Create(setting),
            ProductCommand.Create(setting),
            CertifyCommand.Create(setting),
            PackageCommand.Create(setting),
            ContentCommand.Create(setting),
            RepoCommand.Create(setting),
            CompletionCommand.Create(setting),
        };
        HelpWithExamples.Install(root, Examples);
        return root;
    }

    /// <summary>Runs one command line; returns its exit code.</summary>
    public static async Task<int> RunAsync(CommandSetting setting, string[] arguments)
    {
        // A file name that begins with '@' is a file name.
        ParseResult parsed = Create(setting).Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var invocation = new InvocationConfiguration
        {
            Output = setting.Terminal.Output,
            Error = setting.Terminal.Error,
            EnableDefaultExceptionHandler = false,
        };
        int? code = null;
        try
        {
            if (parsed.Action is ParseErrorAction wrong)
                return await RefuseAsync(setting, parsed, wrong, invocation);
            code = await InvokeAsync(parsed, invocation);
            await setting.Terminal.Output.FlushAsync();
            return code.Value;
        }
        catch (IOException closed) when (closed.HResult == StandardOutput.ReaderGone)
        {
            // Whoever read our output has seen enough. Only what has no end of its own is done by that: outwork watch | head.
            return code ?? (parsed.CommandResult.Command.Name == WatchCommand.Name ? ExitCodes.Done : ExitCodes.Refused);
        }
        catch (IOException failed)
        {
            setting.Terminal.WriteError(TerminalText.Escape(failed.Message));
            return ExitCodes.Refused;
        }
    }

    // One that is not asynchronous takes care of signals itself, or leaves them to the system.
    private static async Task<int> InvokeAsync(ParseResult parsed, InvocationConfiguration invocation)
    {
        if (parsed.Action is not AsynchronousCommandLineAction)
            return await parsed.InvokeAsync(invocation);
        invocation.ProcessTerminationTimeout = null;
        using var stop = new CommandStop();
        return await stop.RunAsync(cancellation => parsed.InvokeAsync(invocation, cancellation));
    }

    /// <summary>Says what is wrong with the command line and where its help is, rather than the whole help.</summary>
    private static async Task<int> RefuseAsync(
        CommandSetting setting, ParseResult parsed, ParseErrorAction wrong, InvocationConfiguration invocation)
    {
        wrong.ShowHelp = false;
        _ = await parsed.InvokeAsync(invocation);
        string names = "";
        for (SymbolResult? result = parsed.CommandResult; result is CommandResult { Command: not RootCommand } command; result = result.Parent)
            names = $"{command.Command.Name} {names}";
        await setting.Terminal.Error.WriteLineAsync($"See: outwork {names}--help");
        return ExitCodes.Usage;
    }
}
