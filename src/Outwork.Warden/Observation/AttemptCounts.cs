namespace Outwork.Warden.Observation;

/// <summary>How often each call was tried on each target. A product can make up targets, so that only so many are kept apart.</summary>
internal sealed class AttemptCounts
{
    public const int MostTargets = 256;

    private readonly Dictionary<(string Call, string Target), int> _counts = [];

    /// <summary>Counts one; how many by now when it is worth telling: the first and each tenfold, else null.</summary>
    public int? Add(string call, string target)
    {
        (string, string) key = (call, target);
        if (_counts.Count >= MostTargets && !_counts.ContainsKey(key))
            key = (call, "");
        int count = _counts[key] = _counts.GetValueOrDefault(key) is var before && before < int.MaxValue ? before + 1 : before;
        return IsPowerOfTen(count) ? count : null;
    }

    private static bool IsPowerOfTen(int count)
    {
        while (count % 10 == 0)
            count /= 10;
        return count == 1;
    }
}
