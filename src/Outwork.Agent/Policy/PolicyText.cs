namespace Outwork.Agent.Policy;

/// <summary>A policy as somebody wrote it.</summary>
/// <param name="Text">YAML.</param>
/// <param name="Source">Where it came from, for people.</param>
internal sealed record PolicyText(string Text, string Source);
