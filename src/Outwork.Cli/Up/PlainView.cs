namespace Outwork.Cli.Up;

/// <summary>For output that is no terminal: the notice, nothing else.</summary>
internal sealed class PlainView(TextWriter output) : ILiveView
{
    public async Task ShowAsync(string controlSocket, string notice, CancellationToken stop)
    {
        await output.WriteLineAsync(notice);
        await output.FlushAsync(CancellationToken.None);
        await Task.Delay(Timeout.Infinite, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
