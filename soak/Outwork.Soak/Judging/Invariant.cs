namespace Outwork.Soak.Judging;

/// <summary>What must hold all the while. The names are those of the report and of docs/soak.md.</summary>
internal enum Invariant
{
    /// <summary>No operation of the workload fails that must succeed.</summary>
    WorkSucceeds,

    /// <summary>No operation waits longer than its deadline or, while the broker is hit, 2.5 s.</summary>
    NobodyWaits,

    /// <summary>What must be denied is denied, outside of declared windows.</summary>
    DenialsHold,

    /// <summary>Whoever was hit judges again in time.</summary>
    Recovers,

    /// <summary>What is counted as lost is what was told as lost.</summary>
    LossIsTold,

    /// <summary>Memory, descriptors and marks do not grow.</summary>
    Flat,

    /// <summary>Nothing is left behind at the end.</summary>
    NothingLeft,
}
