namespace Outwork.Content.Store;

/// <summary>Why the content store does not do what it was asked for. The names are part of the interface: docs/content-store.md.</summary>
public enum ContentRefusalCode : byte
{
    /// <summary>Another process has the store.</summary>
    Locked = 1,

    /// <summary>The disk is full or failed.</summary>
    DiskFailed,

    /// <summary>The package is refused.</summary>
    PackageRefused,

    /// <summary>The package is not of this product, or not of this kind.</summary>
    WrongProduct,

    /// <summary>The product's content in force is of another vendor.</summary>
    WrongVendor,

    /// <summary>The package is not for this system, this version of the product or of Outwork.</summary>
    Incompatible,

    /// <summary>The version failed here before.</summary>
    Denied,

    /// <summary>The administrator wants another version.</summary>
    Pinned,

    /// <summary>The version is older than the one in force.</summary>
    Older,

    /// <summary>The version is in force or staged already.</summary>
    AlreadyHere,

    /// <summary>The product's content would take more space than it may.</summary>
    ProductQuota,

    /// <summary>All content would take more space than it may.</summary>
    StoreQuota,

    /// <summary>There are more products than there may be.</summary>
    TooManyProducts,

    /// <summary>Content of the product is on trial: both slots are taken until it is committed or rolled back.</summary>
    OnTrial,

    /// <summary>There is no such product, or nothing of it that this could be done with.</summary>
    NothingThere,

    /// <summary>A trial of it began and did not end too often.</summary>
    TooManyTries,

    /// <summary>It has not been on trial for as long as it must.</summary>
    TooEarly,

    /// <summary>Another package of this version is here: a version is published once.</summary>
    VersionReused,

    /// <summary>The step holds, and the disk failed before the link and the history followed it.</summary>
    Unfinished,
}
