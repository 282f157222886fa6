using System.Text.Json.Serialization;
using Outwork.Contracts.Products;
using Outwork.Platform.Linux.Sandbox;

namespace Outwork.Cli.Products;

/// <summary>What <c>product inspect</c> tells; as JSON, part of the interface.</summary>
internal sealed record ProductInspection
{
    /// <summary>The program.</summary>
    public required string Program { get; init; }

    /// <summary>Its manifest's path; null when it has none.</summary>
    public string? Manifest { get; init; }

    /// <summary>What it asks for; null when it has no manifest, or a wrong one.</summary>
    public ProductNeeds? Asked { get; init; }

    /// <summary>What it gets; null when it may not start.</summary>
    public ProductGrant? Granted { get; init; }

    /// <summary>What it gets less of than it asks for, since that is more than its share of this machine; each a sentence.</summary>
    public required string[] Cuts { get; init; }

    /// <summary>What is wrong with the manifest; <c>program</c> stands for the program itself.</summary>
    public required ManifestFault[] Faults { get; init; }

    /// <summary>What does not keep it from starting and may surprise whoever starts it; each a sentence.</summary>
    public required string[] Warnings { get; init; }

    /// <summary>What this kernel cannot enforce.</summary>
    public required ConfinementGap[] NotEnforced { get; init; }

    /// <summary>Whether the product would start.</summary>
    public required bool Starts { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ProductInspection))]
internal sealed partial class ProductInspectionJson : JsonSerializerContext;
