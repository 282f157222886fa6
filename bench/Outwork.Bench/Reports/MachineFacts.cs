using System.Runtime.InteropServices;

namespace Outwork.Bench.Reports;

/// <summary>What the numbers depend on; nothing that names the machine.</summary>
/// <param name="Kernel">Release.</param>
/// <param name="Cores">Cores online.</param>
/// <param name="Processor">Model.</param>
/// <param name="MemoryGiB">Installed, rounded.</param>
/// <param name="Distribution">Name and version.</param>
/// <param name="Runtime">.NET.</param>
/// <param name="Peer">fapolicyd's package version, or that it is not installed.</param>
internal sealed record MachineFacts(
    string Kernel, int Cores, string Processor, int MemoryGiB, string Distribution, string Runtime, string Peer)
{
    /// <summary>Reads them from the running machine.</summary>
    public static async Task<MachineFacts> ReadAsync(CancellationToken cancel)
    {
        var release = (await File.ReadAllTextAsync("/proc/sys/kernel/osrelease", cancel)).Trim();
        return new MachineFacts(
            // What follows the version proper may name a build machine or a provider.
            release.Split('-')[0],
            Environment.ProcessorCount,
            Value("/proc/cpuinfo", "model name", ':'),
            (int)Math.Round(long.Parse(Value("/proc/meminfo", "MemTotal", ':').Split(' ')[0]) / 1048576.0),
            Value("/etc/os-release", "PRETTY_NAME", '=').Trim('"'),
            RuntimeInformation.FrameworkDescription,
            await PeerAsync(cancel));
    }

    private static async Task<string> PeerAsync(CancellationToken cancel)
    {
        if (!Running.Command.Exists("fapolicyd") || !Running.Command.Exists("dpkg-query"))
            return "not installed";
        return await Running.Command.RunAsync("dpkg-query", ["-W", "-f", "fapolicyd ${Version}", "fapolicyd"], cancel);
    }

    private static string Value(string file, string key, char separator)
    {
        var line = File.ReadLines(file).FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal));
        return line is null ? "unknown" : line[(line.IndexOf(separator) + 1)..].Trim();
    }
}
