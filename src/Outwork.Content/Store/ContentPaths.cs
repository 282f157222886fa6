namespace Outwork.Content.Store;

/// <summary>Where the files of one product are, below the store's folder.</summary>
internal sealed class ContentPaths(string product)
{
    /// <summary>The lock of the whole store.</summary>
    public const string Lock = ".lock";

    /// <summary>What a file is called until it is whole.</summary>
    public const string Unfinished = ".new";

    public string Folder => product;

    public string State => product + "/state.json";

    public string History => product + "/history.jsonl";

    /// <summary>The symbolic link to the slot in force.</summary>
    public string Current => product + "/current";

    public string Slot(ContentSlot slot) => $"{product}/{NameOf(slot)}";

    /// <summary>The manifest of what is in a slot; beside the slot, which has what the vendor put in and nothing else.</summary>
    public string Manifest(ContentSlot slot) => $"{product}/{NameOf(slot)}.json";

    public static string NameOf(ContentSlot slot) => slot == ContentSlot.A ? "a" : "b";
}
