using System.Globalization;

namespace Outwork.Agent;

/// <summary>Settings of the agent, from its arguments and environment. Bound once, validated as a whole.</summary>
internal sealed record AgentOptions
{
    /// <summary>Directory of the agent's own state: the policy last applied.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Policy used while none was applied; null for the built-in one.</summary>
    public string? PolicyFile { get; init; }

    /// <summary>What people know <see cref="PolicyFile"/> as: its path outside the agent's own view of the file system.</summary>
    public string? PolicySource { get; init; }

    /// <summary>The administrator's file on updates; null when nothing is followed.</summary>
    public string? UpdatesFile { get; init; }

    /// <summary>Where the packaged content of all products is; null when there is none.</summary>
    public string? PackagesDirectory { get; init; }

    /// <summary>Where OCSF files are written; null for none.</summary>
    public string? ExportDirectory { get; init; }

    /// <summary>False to export decisions only.</summary>
    public bool ExportEvents { get; init; } = true;

    /// <summary>Size at which an export file is rotated, bytes.</summary>
    public long ExportFileBytes { get; init; } = 64L * 1024 * 1024;

    /// <summary>Number of export files kept of each of the two kinds, the current one included.</summary>
    public int ExportFiles { get; init; } = 8;

    /// <summary>Where OTLP goes; null for nowhere.</summary>
    public Uri? OtlpEndpoint { get; init; }

    /// <summary>Binds arguments and environment; on faults the options are null and every fault is told.</summary>
    public static AgentOptions? Bind(IReadOnlyList<string> arguments, Func<string, string?> environment, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        var options = new AgentOptions
        {
            StateDirectory = "",
            PolicySource = environment("OUTWORK_POLICY_SOURCE"),
            PackagesDirectory = environment("OUTWORK_PACKAGES_DIR"),
            OtlpEndpoint = Endpoint("OTEL_EXPORTER_OTLP_ENDPOINT", environment("OTEL_EXPORTER_OTLP_ENDPOINT"), found),
        };
        for (int i = 0; i < arguments.Count; i += 2)
        {
            string name = arguments[i];
            if (i + 1 == arguments.Count)
                found.Add($"{name}: a value is missing");
            else
                options = options.With(name, arguments[i + 1], found);
        }

        if (options.StateDirectory.Length == 0)
            found.Add("--state DIRECTORY is missing");
        faults = found;
        return found.Count == 0 ? options : null;
    }

    private AgentOptions With(string name, string value, List<string> faults)
    {
        switch (name)
        {
            case "--state":
                return this with { StateDirectory = value };
            case "--policy":
                return this with { PolicyFile = value };
            case "--updates":
                return this with { UpdatesFile = value };
            case "--export":
                return this with { ExportDirectory = value };
            case "--export-events" when value is "all" or "decisions":
                return this with { ExportEvents = value == "all" };
            case "--export-events":
                faults.Add($"--export-events {value}: expected all or decisions");
                return this;
            case "--export-file-bytes":
                return this with { ExportFileBytes = Number(name, value, 64 * 1024, 16L * 1024 * 1024 * 1024, faults) };
            case "--export-files":
                return this with { ExportFiles = (int)Number(name, value, 1, 1000, faults) };
            case "--otlp":
                return this with { OtlpEndpoint = Endpoint(name, value, faults) };
            default:
                faults.Add($"{name}: not an option");
                return this;
        }
    }

    private static long Number(string name, string value, long minimum, long maximum, List<string> faults)
    {
        if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= minimum && number <= maximum)
            return number;
        faults.Add($"{name} {value}: expected a number from {minimum} to {maximum}");
        return minimum;
    }

    private static Uri? Endpoint(string name, string? value, List<string> faults)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        if (Uri.TryCreate(value, UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is "http" or "https")
            return endpoint;
        faults.Add($"{name} {value}: expected a URL such as http://localhost:4318");
        return null;
    }
}
