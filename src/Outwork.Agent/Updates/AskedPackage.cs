using Outwork.Content.Store;

namespace Outwork.Agent.Updates;

/// <summary>What became of asking a repository for a product's package.</summary>
/// <param name="Answered">There was an answer that can be trusted, whatever it is.</param>
/// <param name="Code">Why the package is not here, for programs; null when it is.</param>
/// <param name="Text">For people.</param>
internal readonly record struct AskedPackage(bool Answered, string? Code, string Text)
{
    /// <summary>The store does not take the package.</summary>
    public static AskedPackage Of(string product, ContentRefusal refusal) => new(Answered: true, refusal.CodeText, $"{product}: {refusal.WithRemedy}");
}
