namespace Outwork.Sdk;

/// <summary>What became of an attempt to load content.</summary>
/// <param name="Accepted">
/// True when the new content is in force. False when it was refused: what was in force must still be, and the product's
/// health becomes degraded with the message.
/// </param>
/// <param name="Version">The content's version, for people.</param>
/// <param name="Message">What was loaded, or what is wrong with it: file, line and reason.</param>
public sealed record ContentReport(bool Accepted, string Version, string Message)
{
    /// <summary>The product has no content.</summary>
    public static ContentReport None { get; } = new(Accepted: true, "", "");
}
