using Outwork.Trust.Workflow;

namespace Outwork.Trust.Metadata;

/// <summary>Why bytes are no metadata.</summary>
/// <param name="Code">The code of the refusal it leads to.</param>
/// <param name="Where">The member, as <c>signed.roles.root.threshold</c>; empty for the whole file.</param>
/// <param name="What">What is wrong with it.</param>
public sealed record MetadataFault(TrustRefusalCode Code, string Where, string What)
{
    /// <summary>Where and what in one line.</summary>
    public override string ToString() => Where.Length == 0 ? What : $"{Where}: {What}";
}
