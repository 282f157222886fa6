namespace Outwork.Warden.Supervision;

/// <summary>Tells when a process dies too often to be worth another try.</summary>
internal sealed class DeathCount(TimeProvider time)
{
    public const int Limit = 5;
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Queue<long> _deaths = new(Limit);

    /// <summary>Counts one; true when that was the fifth within a minute.</summary>
    public bool Add()
    {
        while (_deaths.TryPeek(out long oldest) && time.GetElapsedTime(oldest) > Window)
            _deaths.Dequeue();
        _deaths.Enqueue(time.GetTimestamp());
        return _deaths.Count >= Limit;
    }
}
