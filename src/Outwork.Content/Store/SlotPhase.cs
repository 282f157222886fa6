namespace Outwork.Content.Store;

/// <summary>How far the content of a slot has come. The names are part of the disk format.</summary>
public enum SlotPhase : byte
{
    /// <summary>Unpacked, and whole.</summary>
    Staged = 1,

    /// <summary>A trial began and has not ended.</summary>
    Trying,

    /// <summary>It has passed its trial.</summary>
    Tried,

    /// <summary>In force, and watched.</summary>
    OnTrial,

    /// <summary>It has proved itself: in force, or the last known good while its successor is on trial.</summary>
    Committed,

    /// <summary>It was committed, and has a committed successor.</summary>
    Retired,

    /// <summary>It failed, in its trial or in force, and is denied.</summary>
    RolledBack,
}
