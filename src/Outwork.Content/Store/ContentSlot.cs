namespace Outwork.Content.Store;

/// <summary>One of the two places that a product's content can be in. The values are frozen.</summary>
public enum ContentSlot : byte
{
    /// <summary>The folder <c>a</c>.</summary>
    A = 1,

    /// <summary>The folder <c>b</c>.</summary>
    B = 2,
}
