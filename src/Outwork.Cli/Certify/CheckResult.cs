using System.Text.Json.Serialization;

namespace Outwork.Cli.Certify;

/// <summary>What became of a check.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CheckOutcome>))]
internal enum CheckOutcome
{
    /// <summary>As it must be.</summary>
    [JsonStringEnumMemberName("passed")]
    Passed,

    /// <summary>Not as it must be.</summary>
    [JsonStringEnumMemberName("failed")]
    Failed,

    /// <summary>It has no meaning for this product, or could not be made; the measurement says why.</summary>
    [JsonStringEnumMemberName("not-run")]
    NotRun,
}

/// <summary>One check.</summary>
/// <param name="Name">Stable: programs may rely on it; docs/cli.md lists them.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Measured">What was seen.</param>
/// <param name="Advice">What to do, one sentence; empty unless it failed.</param>
internal sealed record CheckResult(string Name, CheckOutcome Outcome, string Measured, string Advice)
{
    public static CheckResult Pass(string name, string measured) => new(name, CheckOutcome.Passed, measured, "");

    public static CheckResult Fail(string name, string measured, string advice) => new(name, CheckOutcome.Failed, measured, advice);

    public static CheckResult Skip(string name, string why) => new(name, CheckOutcome.NotRun, why, "");

    public static CheckResult Of(bool passed, string name, string measured, string advice) => passed ? Pass(name, measured) : Fail(name, measured, advice);
}
