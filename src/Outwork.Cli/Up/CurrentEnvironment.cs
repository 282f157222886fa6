using System.Collections;

namespace Outwork.Cli.Up;

/// <summary>The environment that this process was given, to hand on to the warden.</summary>
internal static class CurrentEnvironment
{
    public static KeyValuePair<string, string>[] ToPairs() =>
        [.. Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value ?? ""))];

    public static string[] ToArray() => [.. ToPairs().Select(pair => $"{pair.Key}={pair.Value}")];
}
