using Outwork.Warden;
using Outwork.Warden.Launching;

return args switch
{
    ["launch", .. var rest] => LaunchCommand.Run(rest),
    ["keep", .. var rest] => KeepCommand.Run(rest),
    _ => WardenProcess.Run(args),
};
