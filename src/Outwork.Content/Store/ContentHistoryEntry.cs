namespace Outwork.Content.Store;

/// <summary>One step of a product's content. Part of the disk format.</summary>
/// <param name="Sequence">1 for the first; each step of a product has the next.</param>
/// <param name="At">When.</param>
/// <param name="Event">What.</param>
/// <param name="Version">Of which version; empty when of none.</param>
/// <param name="Sha256">Digest of its package; empty when of none.</param>
/// <param name="Text">What happened, for people.</param>
public sealed record ContentHistoryEntry(long Sequence, DateTimeOffset At, ContentEvent Event, string Version, string Sha256, string Text);
