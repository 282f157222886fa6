namespace Outwork.Products.ExecGuard.Rules;

/// <summary>How a scan ended.</summary>
internal enum YaraScanStatus
{
    /// <summary>No rule matches.</summary>
    NoMatch = 0,

    /// <summary>At least one rule matches.</summary>
    Matched = 1,

    /// <summary>The time was over before every rule was looked for.</summary>
    TimedOut = 2,

    /// <summary>libyara gave up.</summary>
    Failed = 3,
}

/// <summary>What a scan found.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Rules">For Matched: the rules with file and line, for people.</param>
/// <param name="Error">For Failed: libyara's error number (error.h).</param>
internal readonly record struct YaraScanResult(YaraScanStatus Status, string Rules, int Error)
{
    public static YaraScanResult NoMatch => new(YaraScanStatus.NoMatch, "", 0);

    public static YaraScanResult TimedOut => new(YaraScanStatus.TimedOut, "", 0);

    public static YaraScanResult Matched(string rules) => new(YaraScanStatus.Matched, rules, 0);

    public static YaraScanResult Failed(int error) => new(YaraScanStatus.Failed, "", error);
}
