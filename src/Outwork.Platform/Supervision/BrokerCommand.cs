namespace Outwork.Platform.Supervision;

/// <summary>A message from the warden to the broker.</summary>
public abstract record BrokerCommand;

/// <summary>The first message: what to guard.</summary>
/// <param name="MountPath">A mount point, or <c>/</c> for every local file system.</param>
public sealed record ConfigureCommand(string MountPath) : BrokerCommand;

/// <summary>
/// The memory that outlives each broker comes with the message, before any session: what earlier brokers decided, and where this
/// one keeps what it decides.
/// </summary>
public sealed record VerdictMemoryCommand : BrokerCommand;

/// <summary>
/// The warden is about to start a process. Until the <see cref="ProcessStartedCommand"/> (or
/// <see cref="SpawnAbandonedCommand"/>) that follows, a process of user 0 whose parent is the warden is one of our own.
/// The broker answers with an <see cref="AcknowledgedReport"/>.
/// </summary>
public sealed record ProcessSpawningCommand : BrokerCommand;

/// <summary>The announced process could not be started.</summary>
public sealed record SpawnAbandonedCommand : BrokerCommand;

/// <summary>One of our own processes runs; its handle comes with the message.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Name">The product's name, else the role's.</param>
/// <param name="ProcessId">Process id.</param>
/// <param name="UserId">The user it will run as.</param>
/// <param name="Restarts">How often it was started again.</param>
public sealed record ProcessStartedCommand(ProcessRole Role, string Name, int ProcessId, uint UserId, int Restarts)
    : BrokerCommand;

/// <summary>One of our own processes has ended and has been waited for.</summary>
public sealed record ProcessEndedCommand(int ProcessId) : BrokerCommand;

/// <summary>A product has no process. Sent to each broker for each that has none when it starts, and when one ends or could not be started.</summary>
/// <param name="Name">The product.</param>
/// <param name="IsFinal">True when it is not started in this run of the warden.</param>
/// <param name="Reason">Why, for people: how it ended last, or what kept it from starting.</param>
public sealed record ProductDownCommand(string Name, bool IsFinal, string Reason) : BrokerCommand;

/// <summary>The broker's end of a product's session socket comes with the message.</summary>
/// <param name="Name">The product.</param>
/// <param name="ProcessId">The process at the other end.</param>
public sealed record ProductSessionCommand(string Name, int ProcessId) : BrokerCommand;

/// <summary>The broker's end of the agent's session socket comes with the message.</summary>
/// <param name="ProcessId">The process at the other end.</param>
public sealed record AgentSessionCommand(int ProcessId) : BrokerCommand;

/// <summary>The broker's end of the agent's control stream comes with the message.</summary>
/// <param name="ProcessId">The process at the other end.</param>
public sealed record AgentControlCommand(int ProcessId) : BrokerCommand;

/// <summary>A product was refused a system call; sent for the first time of each call and target, and then for each tenfold.</summary>
/// <param name="Name">The product.</param>
/// <param name="ProcessId">The process that tried.</param>
/// <param name="Call">The system call.</param>
/// <param name="Target">What it reached for, of printable characters; or empty.</param>
/// <param name="Times">How often by now, since the product's process was started.</param>
public sealed record RefusedAttemptCommand(string Name, int ProcessId, string Call, string Target, int Times) : BrokerCommand;

/// <summary>
/// What tells of a product's calls comes with the message, so that the broker can answer them while the warden stands still: until somebody
/// does, the product waits in them.
/// </summary>
/// <param name="Name">The product.</param>
/// <param name="UserId">The user it runs as.</param>
public sealed record ProductCallsCommand(string Name, uint UserId) : BrokerCommand;

/// <summary>Stop judging (close the event source first), report <see cref="StoppedReport"/>, end.</summary>
public sealed record StopCommand : BrokerCommand;
