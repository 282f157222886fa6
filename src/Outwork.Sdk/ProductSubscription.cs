using Outwork.Contracts.Events;

namespace Outwork.Sdk;

/// <summary>What a product wants to be asked and told.</summary>
/// <param name="Auth">Kinds of event it is asked about, if the policy says so: <see cref="EventKind.Exec"/>, <see cref="EventKind.Open"/>.</param>
/// <param name="Notify">Kinds of event it is told of.</param>
/// <param name="WantsDescriptor">True to get the file's open descriptor with each question; false saves the broker and the product a system call each.</param>
/// <param name="Concurrency">How many questions are judged at a time, each on a thread of its own; 1 to 64.</param>
public sealed record ProductSubscription(EventKind[] Auth, EventKind[] Notify, bool WantsDescriptor = true, int Concurrency = 1);
