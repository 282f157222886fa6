namespace Outwork.Contracts.Events;

/// <summary>Events that a subscriber was not told of.</summary>
/// <param name="Kind">Their kind; None when it is not known.</param>
/// <param name="Pid">The process that caused them; 0 for several, or when it is not known.</param>
/// <param name="Events">How many.</param>
public readonly record struct EventLoss(EventKind Kind, int Pid, ulong Events);
