namespace Outwork.Bench.Statistics;

/// <summary>
/// In which order a round visits the configurations. Each round starts with another one and every second round runs
/// backwards, so that none is always measured after the same neighbour, or always last.
/// </summary>
internal static class RoundOrder
{
    /// <summary>Indices 0 to <paramref name="count"/> - 1 in the order of round <paramref name="round"/>.</summary>
    public static int[] Of(int round, int count)
    {
        var order = Enumerable.Range(0, count).Select(i => (i + round) % count).ToArray();
        if (round % 2 == 1)
            Array.Reverse(order);
        return order;
    }
}
