namespace Outwork.Cli.Up;

/// <summary>What <c>outwork up</c> shows while protection is on.</summary>
internal interface ILiveView
{
    /// <summary>Shows until it is cancelled (normal: returns) or the person closes it.</summary>
    /// <param name="controlSocket">The agent's socket; it accepts connections.</param>
    /// <param name="notice">The line that says that protection is on.</param>
    /// <param name="stop">Raised when Outwork stops.</param>
    Task ShowAsync(string controlSocket, string notice, CancellationToken stop);
}
