namespace Outwork.Platform.Linux.Sandbox.Attempts;

/// <summary>Whether a file is there.</summary>
internal enum Existence
{
    /// <summary>It cannot be told without waiting for somebody.</summary>
    Unknown,
    Missing,
    Present,
}

/// <summary>What a look-up found.</summary>
/// <param name="Existence">Whether it is there.</param>
/// <param name="Path">Where it is, without symbolic links if it is present; else as it was asked for.</param>
/// <param name="Mode">Type and permissions, if present.</param>
/// <param name="Owner">Its user, if present.</param>
internal readonly record struct FoundFile(Existence Existence, string Path, uint Mode = 0, uint Owner = 0);
