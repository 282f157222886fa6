using Outwork.Platform.Linux.Processes;

namespace Outwork.Warden.Launching;

/// <summary>The environment of our own processes: only what is listed here.</summary>
internal static class ChildEnvironment
{
    public const string RuntimeRoot = "DOTNET_ROOT";

    // The exporter's own variables (OTEL_EXPORTER_OTLP_ENDPOINT and so on) are the administrator's way to configure it.
    private const string TelemetryPrefix = "OTEL_";

    private static readonly KeyValuePair<string, string>[] Runtime =
    [
        // A diagnostics socket is a file in /tmp that anybody's tools connect to; ours must not block on it.
        new("DOTNET_EnableDiagnostics", "0"),

        // The first generation's budget follows the processor's cache, and so would our memory: 4 MiB (hexadecimal) is plenty.
        new("DOTNET_GCgen0size", "400000"),
        new("DOTNET_TieredPGO", "0"),
    ];

    public static List<KeyValuePair<string, string>> Create() =>
        [new("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"), new(RuntimeRoot, CurrentProcess.RuntimeDirectory), .. Runtime];

    /// <summary>Our own, for a warden that a keeper starts.</summary>
    public static List<KeyValuePair<string, string>> Own() =>
    [
        .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().Select(v => KeyValuePair.Create((string)v.Key, (string?)v.Value ?? ""))
            .Where(static own => !Array.Exists(Runtime, set => set.Key == own.Key)),
        .. Runtime,
    ];

    public static void AddTelemetry(List<KeyValuePair<string, string>> variables)
    {
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith(TelemetryPrefix, StringComparison.Ordinal))
                variables.Add(new(name, (string?)variable.Value ?? ""));
        }
    }
}
