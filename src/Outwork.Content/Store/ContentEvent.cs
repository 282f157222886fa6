namespace Outwork.Content.Store;

/// <summary>What happened to a product's content. The names are part of the disk format.</summary>
public enum ContentEvent : byte
{
    /// <summary>A version was unpacked.</summary>
    Staged = 1,

    /// <summary>Its trial began.</summary>
    TryBegun,

    /// <summary>It passed its trial.</summary>
    Tried,

    /// <summary>It failed its trial, and is denied.</summary>
    Rejected,

    /// <summary>It was put in force, on trial.</summary>
    Activated,

    /// <summary>It proved itself.</summary>
    Committed,

    /// <summary>It failed in force; what was there before is in force again, and it is denied.</summary>
    RolledBack,

    /// <summary>The administrator wants this version and no other.</summary>
    Pinned,

    /// <summary>The administrator wants what is published.</summary>
    Unpinned,

    /// <summary>The administrator allows a version that was denied.</summary>
    Allowed,

    /// <summary>Something on the disk was not as it was left, and was put right.</summary>
    Repaired,

    /// <summary>Its trial ended and says nothing about it: it is staged as before.</summary>
    Untried,
}
