namespace Outwork.Sdk.Hosting;

/// <summary>One judging thread's source of deadline tokens; reused from question to question while it was not cancelled.</summary>
internal sealed class DeadlineToken(TimeProvider time) : IDisposable
{
    private const long FarNs = 86_400L * 1_000_000_000;
    private CancellationTokenSource? _source;

    /// <summary>A token that is cancelled after <paramref name="remainingNs"/>, at once when that is not positive.</summary>
    public CancellationToken Start(long remainingNs)
    {
        // Far deadlines (prejudging) are beyond what a timer takes; such a token simply is not cancelled.
        if (remainingNs > FarNs)
            return CancellationToken.None;
        // Rounded up to the timer's milliseconds, so that a token is not cancelled while there is time.
        var delay = TimeSpan.FromMilliseconds((Math.Max(remainingNs, 0) + 999_999) / 1_000_000);
        if (_source is null)
            _source = new CancellationTokenSource(delay, time);
        else
            _source.CancelAfter(delay);
        return _source.Token;
    }

    /// <summary>The question is answered.</summary>
    public void Stop()
    {
        if (_source is null || _source.TryReset())
            return;
        _source.Dispose();
        _source = null;
    }

    public void Dispose() => _source?.Dispose();
}
