namespace Outwork.Contracts.Products;

/// <summary>What a product says of itself and asks for; a file PROGRAM.product.json beside its program. Format: docs/product-sdk.md.</summary>
public sealed record ProductManifest
{
    /// <summary>The name it runs under; null when it does not care.</summary>
    public string? Name { get; init; }

    /// <summary>What it asks for; null for nothing beyond the defaults.</summary>
    public ProductNeeds? Needs { get; init; }
}

/// <summary>What a product asks for. What is null it does not ask for, and gets the default of <see cref="ProductGrant"/>.</summary>
public sealed record ProductNeeds
{
    /// <summary>The machine's network. The administrator must allow it too.</summary>
    public bool? Network { get; init; }

    /// <summary>To execute the system's programs: a shell, an interpreter.</summary>
    public bool? SystemPrograms { get; init; }

    /// <summary>A folder that it may write and that is kept.</summary>
    public bool? Data { get; init; }

    /// <summary>Size of that folder in MiB.</summary>
    public int? DataMiB { get; init; }

    /// <summary>Absolute paths of further files and folders that it may read, as far as everybody may.</summary>
    public string[]? Read { get; init; }

    /// <summary>Memory of all its processes together, in MiB.</summary>
    public int? MemoryMiB { get; init; }

    /// <summary>Processor time; 100 is one processor.</summary>
    public int? CpuPercent { get; init; }

    /// <summary>Processes and threads.</summary>
    public int? Processes { get; init; }

    /// <summary>Open descriptors of each process.</summary>
    public int? Descriptors { get; init; }
}
