namespace Outwork.Warden.Observation;

/// <summary>So many calls at once and so many a second from then on; whoever makes more waits. One thread.</summary>
/// <param name="burst">How many at once.</param>
/// <param name="perSecond">How many a second.</param>
/// <param name="time">The clock.</param>
internal sealed class CallBudget(double burst, double perSecond, TimeProvider time)
{
    private double _spent;
    private long _at = time.GetTimestamp();

    /// <summary>How long until one may be made; zero when one may.</summary>
    public TimeSpan Pause
    {
        get
        {
            Refill();
            return burst - _spent >= 1 ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - burst + _spent) / perSecond);
        }
    }

    /// <summary>One was made.</summary>
    public void Take() => _spent++;

    private void Refill()
    {
        long now = time.GetTimestamp();
        _spent = Math.Max(0, _spent - (time.GetElapsedTime(_at, now).TotalSeconds * perSecond));
        _at = now;
    }
}
