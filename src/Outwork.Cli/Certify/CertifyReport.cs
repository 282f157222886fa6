using System.Text.Json.Serialization;

namespace Outwork.Cli.Certify;

/// <summary>What certify found.</summary>
/// <param name="Product">Path of the executable.</param>
/// <param name="Name">The name it subscribed under; empty when it never did.</param>
/// <param name="Confined">True when it ran inside of a product's confinement.</param>
/// <param name="Passed">True when no check failed.</param>
/// <param name="Checks">Every check, in the order of docs/cli.md.</param>
/// <param name="Warnings">What is no failure and may surprise whoever runs the product; each a sentence.</param>
/// <param name="Log">The last of what the product wrote to standard output and error.</param>
internal sealed record CertifyReport(string Product, string Name, bool Confined, bool Passed, CheckResult[] Checks, string[] Warnings, string Log);

/// <summary>The report's JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CertifyReport))]
internal sealed partial class CertifyJsonContext : JsonSerializerContext;
