using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>One AUTH event as it comes from an <see cref="IAuthSource"/>.</summary>
/// <param name="Kind"><see cref="EventKind.Exec"/> when the kernel executes the file, else <see cref="EventKind.Open"/>.</param>
/// <param name="Pid">Process that waits.</param>
/// <param name="Handle">The source's handle.</param>
/// <param name="ArrivedAt">When it was received: <see cref="TimeProvider.GetTimestamp"/>.</param>
public readonly record struct AuthEvent(EventKind Kind, int Pid, int Handle, long ArrivedAt);
