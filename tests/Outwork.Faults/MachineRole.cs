namespace Outwork.Faults;

/// <summary>The kinds of process of a machine.</summary>
public enum MachineRole
{
    /// <summary>Starts the warden again.</summary>
    Keeper,

    /// <summary>Starts the others.</summary>
    Warden,

    /// <summary>Judges.</summary>
    Broker,

    /// <summary>Serves the control socket.</summary>
    Agent,

    /// <summary>One for each product.</summary>
    Product,

    /// <summary>Something that one of these started.</summary>
    Other,
}
