using Outwork.Broker.Verdicts;
using Outwork.Contracts.Verdicts;
using Outwork.Platform.Linux.Fanotify;

namespace Outwork.BrokerHost.Reactor;

/// <summary>The fanotify source as the deadline guard uses it.</summary>
internal sealed class FanotifyBeside(FanotifyAuthSource source) : IAuthEventReader
{
    /// <inheritdoc/>
    public int ReadBeside(Span<AuthEvent> events) => source.ReadBeside(events);

    /// <inheritdoc/>
    public void Answer(int handle, Verdict verdict)
    {
        source.Respond(handle, verdict);
        source.ReleaseKept(handle);
    }
}
