namespace Outwork.Soak.Planning;

/// <summary>How fast faults follow each other.</summary>
/// <param name="ShortestPause">Between two faults.</param>
/// <param name="LongestPause">Between two faults.</param>
/// <param name="BrokerSpacing">Between two faults that end the broker.</param>
/// <param name="LongestDuration">Of any fault.</param>
internal sealed record SoakPace(TimeSpan ShortestPause, TimeSpan LongestPause, TimeSpan BrokerSpacing, TimeSpan LongestDuration)
{
    /// <summary>
    /// For a real soak. The spacing lets each broker run for the 30 s after which its restart is not delayed further, and stays far from
    /// five deaths in a minute, after which the machine is left open on purpose.
    /// </summary>
    public static SoakPace Normal { get; } = new(
        TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(35), TimeSpan.FromSeconds(6));

    /// <summary>For runs of less than two minutes: every kind of fault within a minute.</summary>
    public static SoakPace Quick { get; } = new(
        TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(5), TimeSpan.FromMilliseconds(1_200));

    /// <summary>The pace of a run of this length.</summary>
    public static SoakPace For(TimeSpan length) => length < TimeSpan.FromMinutes(2) ? Quick : Normal;
}
