using Outwork.Cli;

return await CommandTree.RunAsync(CommandSetting.OfThisProcess(), args);
