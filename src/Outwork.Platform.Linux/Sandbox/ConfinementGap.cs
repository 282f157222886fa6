namespace Outwork.Platform.Linux.Sandbox;

/// <summary>Something that this kernel, or how it is set up, cannot enforce.</summary>
/// <param name="Mechanism">What is missing.</param>
/// <param name="Lost">What is lost without it, and what still holds.</param>
/// <param name="Essential">Whether a product is refused for it, unless the administrator said otherwise.</param>
public sealed record ConfinementGap(string Mechanism, string Lost, bool Essential);
