namespace Outwork.Fuzz;

/// <summary>An input that breaks a parser.</summary>
/// <param name="File">Where it was written.</param>
/// <param name="What">What happened.</param>
internal sealed record FuzzFault(string File, string What);
