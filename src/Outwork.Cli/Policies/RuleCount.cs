namespace Outwork.Cli.Policies;

/// <summary>How many rules, in words.</summary>
internal static class RuleCount
{
    public static string Of(int rules) => rules == 1 ? "1 rule" : $"{rules} rules";
}
