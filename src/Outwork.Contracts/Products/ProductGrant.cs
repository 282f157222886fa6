namespace Outwork.Contracts.Products;

/// <summary>What a product gets.</summary>
public sealed record ProductGrant
{
    /// <summary>The machine's network.</summary>
    public bool Network { get; init; }

    /// <summary>The system's programs may be executed.</summary>
    public bool SystemPrograms { get; init; }

    /// <summary>A folder that it may write.</summary>
    public bool Data { get; init; }

    /// <summary>Size of that folder in MiB.</summary>
    public int DataMiB { get; init; } = 64;

    /// <summary>Further paths that it may read.</summary>
    public string[] Read { get; init; } = [];

    /// <summary>Memory in MiB.</summary>
    public int MemoryMiB { get; init; } = 512;

    /// <summary>Processor time; 100 is one processor.</summary>
    public int CpuPercent { get; init; } = 100;

    /// <summary>Processes and threads.</summary>
    public int Processes { get; init; } = 128;

    /// <summary>Open descriptors of each process.</summary>
    public int Descriptors { get; init; } = 1024;

    /// <summary>What a product without a manifest gets.</summary>
    public static ProductGrant Default { get; } = new();

    /// <summary>What these needs lead to, once they are found to be without faults.</summary>
    public static ProductGrant Of(ProductNeeds? needs) => needs is null ? Default : new ProductGrant
    {
        Network = needs.Network ?? Default.Network,
        SystemPrograms = needs.SystemPrograms ?? Default.SystemPrograms,
        Data = needs.Data ?? Default.Data,
        DataMiB = needs.DataMiB ?? Default.DataMiB,
        Read = needs.Read ?? Default.Read,
        MemoryMiB = needs.MemoryMiB ?? Default.MemoryMiB,
        CpuPercent = needs.CpuPercent ?? Default.CpuPercent,
        Processes = needs.Processes ?? Default.Processes,
        Descriptors = needs.Descriptors ?? Default.Descriptors,
    };
}
