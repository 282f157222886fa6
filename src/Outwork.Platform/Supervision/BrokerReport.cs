namespace Outwork.Platform.Supervision;

/// <summary>A message from the broker to the warden.</summary>
public abstract record BrokerReport;

/// <summary>AUTH events are judged from now on, or no longer.</summary>
/// <param name="On">True when they are.</param>
/// <param name="Milliseconds">From the broker's start to this moment.</param>
/// <param name="FileSystems">How many file systems are guarded.</param>
/// <param name="Judged">What is judged, for people: <c>exec and open</c>.</param>
/// <param name="NotSubscribed">Names of the products that the policy asks and that have not subscribed in time, with commas between them.</param>
public sealed record GuardingReport(bool On, uint Milliseconds, uint FileSystems, string Judged, string NotSubscribed) : BrokerReport;

/// <summary>The broker has taken note of a message that asks for it.</summary>
/// <param name="Sequence">Sequence number of the command.</param>
public sealed record AcknowledgedReport(uint Sequence) : BrokerReport;

/// <summary>
/// The session of a product or of the agent is over although the broker goes on: it gets no other one, so if its process lives on it has to be
/// started again.
/// </summary>
/// <param name="ProcessId">Whose session it was.</param>
public sealed record SessionEndedReport(int ProcessId) : BrokerReport;

/// <summary>The event source is closed; the broker is about to end.</summary>
public sealed record StoppedReport : BrokerReport;
