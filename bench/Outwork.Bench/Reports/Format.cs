using System.Globalization;
using Outwork.Bench.Statistics;

namespace Outwork.Bench.Reports;

/// <summary>Numbers as both reports print them.</summary>
internal static class Format
{
    /// <summary>A time with three or four digits that mean something.</summary>
    public static string Time(double nanoseconds) => nanoseconds switch
    {
        >= 1e9 => Number(nanoseconds / 1e9, "0.00") + " s",
        >= 100e3 => Number(nanoseconds / 1e3, "0") + " µs",
        _ => Number(nanoseconds / 1e3, "0.00") + " µs",
    };

    /// <summary>Ratio of medians with its 95 % interval.</summary>
    public static string Ratio(RatioEstimate ratio) =>
        $"{Number(ratio.OfMedians, "0.000")} ({Number(ratio.Low, "0.00")} to {Number(ratio.High, "0.00")})";

    /// <summary>Smallest and largest ratio of any round.</summary>
    public static string Rounds(RatioEstimate ratio) =>
        $"{Number(ratio.LowestRound, "0.00")} to {Number(ratio.HighestRound, "0.00")}";

    /// <summary>The 99th percentile, where there are samples enough to have one.</summary>
    public static string P99(ConfigurationResult line) => HasP99(line.Summary) ? Time(line.Summary.P99) : "";

    /// <summary>Its ratio to bare, under the same condition.</summary>
    public static string P99Ratio(ConfigurationResult line) => HasP99(line.Summary) ? Plain(line.ToBare.OfP99) : "";

    /// <summary>One ratio.</summary>
    public static string Plain(double value) => Number(value, "0.00");

    private static bool HasP99(SampleSummary summary) => summary.Count >= 200;

    /// <summary>Any number.</summary>
    public static string Number(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
