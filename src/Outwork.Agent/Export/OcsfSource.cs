using System.Text.Json;

namespace Outwork.Agent.Export;

/// <summary>What is the same in every record of one run: the device and the product, already encoded.</summary>
internal sealed class OcsfSource
{
    /// <summary>Version of the Open Cybersecurity Schema Framework that the records follow.</summary>
    public const string SchemaVersion = "1.7.0";

    private const int LinuxTypeId = 200;

    private OcsfSource(string runId, byte[] device, byte[] product) => (RunId, Device, Product) = (runId, device, product);

    /// <summary>Distinguishes the records of this run from those of other runs with the same sequence.</summary>
    public string RunId { get; }

    /// <summary>The device object.</summary>
    public byte[] Device { get; }

    /// <summary>The product object.</summary>
    public byte[] Product { get; }

    /// <summary>Describes this device.</summary>
    public static OcsfSource Local(string version, TimeProvider time) => Create(
        time.GetUtcNow().ToUnixTimeMilliseconds().ToString("x"), Environment.MachineName, OperatingSystemName("/etc/os-release"), version);

    /// <summary>Describes a device.</summary>
    public static OcsfSource Create(string runId, string hostName, string operatingSystem, string version) => new(
        runId,
        Encode(writer =>
        {
            writer.WriteString("hostname", hostName);
            writer.WriteNumber("type_id", 0);
            writer.WriteStartObject("os");
            writer.WriteString("name", operatingSystem);
            writer.WriteNumber("type_id", LinuxTypeId);
            writer.WriteString("type", "Linux");
            writer.WriteEndObject();
        }),
        Encode(writer =>
        {
            writer.WriteString("name", "Outwork");
            writer.WriteString("vendor_name", "Outwork");
            writer.WriteString("version", version);
        }));

    /// <summary>PRETTY_NAME of os-release(5).</summary>
    private static string OperatingSystemName(string path)
    {
        const string key = "PRETTY_NAME=";
        try
        {
            string? line = File.ReadLines(path).FirstOrDefault(static line => line.StartsWith(key, StringComparison.Ordinal));
            return line is null ? "Linux" : line[key.Length..].Trim('"');
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "Linux";
        }
    }

    private static byte[] Encode(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }
}
