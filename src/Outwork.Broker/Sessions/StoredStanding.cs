namespace Outwork.Broker.Sessions;

/// <summary>A product's standing, as it outlives the broker's process.</summary>
/// <param name="Product">Its name.</param>
/// <param name="IsDemoted">True while it is told but not asked.</param>
/// <param name="DemotedSinceUnixNs">When it was demoted, ns since 1970 (UTC); 0 while it is asked.</param>
/// <param name="Demotions">How often it was demoted.</param>
/// <param name="GoodAnswers">Shadow questions answered in time, in a row.</param>
/// <param name="Misses">Misses when it was kept.</param>
/// <param name="ForgivenAt">Up to when misses were forgiven, <see cref="TimeProvider.GetTimestamp"/>, which is the machine's and goes on; the largest number before its first answer.</param>
/// <param name="PauseMs">Pause before the next shadow question, ms.</param>
/// <param name="ShortestPauseMs">Pause that a good answer leads back to, ms.</param>
public readonly record struct StoredStanding(
    string Product, bool IsDemoted, long DemotedSinceUnixNs, int Demotions, int GoodAnswers, int Misses, long ForgivenAt, int PauseMs, int ShortestPauseMs);
