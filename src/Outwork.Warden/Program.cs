using Outwork.Warden;
using Outwork.Warden.Launching;

return args is ["launch", .. var rest] ? LaunchCommand.Run(rest) : WardenProcess.Run(args);
