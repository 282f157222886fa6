namespace Outwork.Soak.Statistics;

/// <summary>One look at one process.</summary>
/// <param name="Role">Its role.</param>
/// <param name="Pid">Its number.</param>
/// <param name="At">Since the soak's beginning.</param>
/// <param name="Age">Since it was first seen.</param>
/// <param name="Value">What was measured.</param>
internal readonly record struct ResourceSample(string Role, int Pid, TimeSpan At, TimeSpan Age, double Value);
