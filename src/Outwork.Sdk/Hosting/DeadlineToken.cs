namespace Outwork.Sdk.Hosting;

/// <summary>One judging thread's source of deadline tokens; reused from question to question while it was not cancelled.</summary>
internal sealed class DeadlineToken(TimeProvider time) : IDisposable
{
    private CancellationTokenSource? _source;

    /// <summary>A token that is cancelled after <paramref name="remainingNs"/>, at once when that is not positive.</summary>
    public CancellationToken Start(long remainingNs)
    {
        // Far deadlines (prejudging) are beyond what a timer takes; such a token simply is not cancelled.
        TimeSpan? delay = remainingNs > TimeSpan.FromDays(1).Ticks * 100 ? null : TimeSpan.FromTicks(Math.Max(remainingNs / 100, 0));
        if (delay is null)
            return CancellationToken.None;
        if (_source is null)
            _source = new CancellationTokenSource(delay.Value, time);
        else
            _source.CancelAfter(delay.Value);
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
