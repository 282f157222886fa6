using Outwork.Trust.Metadata;

namespace Outwork.Trust.Workflow;

/// <summary>What the workflow wants next, or what it came to.</summary>
public abstract record TrustStep;

/// <summary>Wants the bytes that are kept for a role: answer with them, or with missing.</summary>
/// <param name="Role">The role.</param>
public sealed record LoadStep(string Role) : TrustStep;

/// <summary>Wants a file of the repository.</summary>
/// <param name="Role">The role.</param>
/// <param name="File">Its name below the metadata's address, percent-encoded as an address wants it.</param>
/// <param name="LongestBytes">More bytes are not to be read: the answer is then too long.</param>
public sealed record FetchStep(string Role, string File, long LongestBytes) : TrustStep;

/// <summary>Wants these bytes to be kept for a role, durably, before it goes on.</summary>
/// <param name="Role">The role.</param>
/// <param name="Bytes">As they were received.</param>
public sealed record StoreStep(string Role, ReadOnlyMemory<byte> Bytes) : TrustStep;

/// <summary>Wants what is kept for a role to be forgotten: its keys were taken away (fast-forward recovery, specification 5.3.11).</summary>
/// <param name="Role">The role.</param>
public sealed record ForgetStep(string Role) : TrustStep;

/// <summary>The end: all top-level metadata is current and trusted.</summary>
public sealed record RefreshedStep : TrustStep;

/// <summary>The end: a trusted role has the file.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Target">Length and digests.</param>
/// <param name="Role">The role that has it.</param>
/// <param name="File">Its name below the files' address, percent-encoded.</param>
public sealed record FoundStep(string Path, TargetFile Target, string Role, string File) : TrustStep;

/// <summary>The end: not trusted.</summary>
/// <param name="Refusal">Why.</param>
public sealed record RefusedStep(TrustRefusal Refusal) : TrustStep;
