using System.CommandLine;
using Outwork.Cli.Up;

var root = new RootCommand("Outwork: security products outside the kernel.")
{
    UpCommand.Create(() => new PlainView(Console.Out)),
};
return root.Parse(args).Invoke();
