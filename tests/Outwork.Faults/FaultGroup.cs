namespace Outwork.Faults;

/// <summary>Where a fault is.</summary>
public enum FaultGroup
{
    /// <summary>In a product: somebody else's code.</summary>
    Product,

    /// <summary>In the broker, which judges.</summary>
    Broker,

    /// <summary>In the warden and its keeper, which start the others.</summary>
    Warden,

    /// <summary>In the agent, and on its control socket.</summary>
    Agent,

    /// <summary>In what is read: policy, content, options.</summary>
    Input,

    /// <summary>In what the machine gives: disk, memory, processes, processor.</summary>
    Resource,

    /// <summary>In what the kernel tells, and in the guarded file system.</summary>
    Kernel,
}
