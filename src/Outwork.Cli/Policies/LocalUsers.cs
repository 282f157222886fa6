using Outwork.Platform.Linux.Processes;
using Outwork.Policy;

namespace Outwork.Cli.Policies;

/// <summary>This machine's own users.</summary>
internal sealed class LocalUsers : IUserDirectory
{
    public uint? FindUserId(string name) => Accounts.FindUser(name);
}
