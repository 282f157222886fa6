using Outwork.Trust.Workflow;
using Outwork.TufClient;

const int Done = 0;
const int Failed = 1;

if (ClientArguments.Parse(args, out string fault) is not { } arguments)
{
    await Console.Error.WriteLineAsync($"outwork-tuf-client: {fault}\n{ClientArguments.Usage}");
    return Failed;
}

try
{
    if (await ClientCommands.RunAsync(arguments, TimeProvider.System) is not { } refusal)
        return Done;
    await Console.Error.WriteLineAsync($"outwork-tuf-client: {PlainLine.Of(refusal.ToString())}");
    return Failed;
}
catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"outwork-tuf-client: {failed.Message}");
    return Failed;
}
