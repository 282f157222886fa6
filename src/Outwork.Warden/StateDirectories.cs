using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Warden;

/// <summary>
/// What outlives a run: the agent's folder (its own user's), each product's content (root's, read by the product) and packaged content
/// (the agent's, read by the product). Prepared before anything is guarded.
/// </summary>
/// <param name="root">Where it all is.</param>
/// <param name="programDirectory">Holds the content that products are shipped with.</param>
/// <param name="isLastRunOver">
/// False while a process of an earlier run still lives: what it may have open then goes to no other user.
/// </param>
internal sealed class StateDirectories(string root, string programDirectory, bool isLastRunOver)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode ReadableByAll = OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.GroupExecute |
        UnixFileMode.OtherRead | UnixFileMode.OtherExecute;

    public string Agent => Path.Join(root, "agent");

    public string Content(string product) => Path.Join(root, "content", product);

    /// <summary>Root's, so that nobody exchanges a product's folder in it.</summary>
    public string AllPackages => Path.Join(root, "packages");

    public string Packages(string product) => Path.Join(AllPackages, product);

    public string DataFolder(string product) => Path.Join(root, "data", product);

    public DataVolume DataVolume(string product) => new(DataFolder(product));

    /// <summary>A product's own folder, which survives runs and is of any size. Returns why it cannot be the user's, or null.</summary>
    public string? PrepareDataFolder(string product, uint user)
    {
        _ = Directory.CreateDirectory(Path.Join(root, "data"), ReadableByAll);
        return PrepareOwned(DataFolder(product), user);
    }

    /// <summary>A product's own folder, which survives runs and is of limited size. Returns why it cannot be had, or null.</summary>
    public string? PrepareDataVolume(string product, int sizeMiB, uint user)
    {
        _ = Directory.CreateDirectory(Path.Join(root, "data"), ReadableByAll);
        return DataVolume(product).Prepare(sizeMiB, user, what => Output.WriteError($"{product}: {what}"));
    }

    /// <summary>The agent's folder. Returns why it cannot be the user's, or null.</summary>
    public string? PrepareAgent(uint user)
    {
        _ = Directory.CreateDirectory(root, ReadableByAll);
        _ = Directory.CreateDirectory(AllPackages, ReadableByAll);
        PreparePackageLock(user);
        return PrepareOwned(Agent, user);
    }

    // The agent's only file in a folder that is root's: it locks what it keeps in the products' folders.
    private void PreparePackageLock(uint user)
    {
        string file = Path.Join(AllPackages, ".lock");
        if (!File.Exists(file))
            File.WriteAllBytes(file, []);
        FileOwner.Set(file, user, user);
    }

    /// <summary>
    /// Where the agent puts a product's packaged content and the product reads it: the agent's, readable by all. Returns why it cannot be
    /// the agent's, or null.
    /// </summary>
    public string? PreparePackages(string product, uint agent) => PrepareOwned(Packages(product), agent, ReadableByAll);

    // The user changes when somebody took the number: then everything in the folder goes with it.
    private string? PrepareOwned(string folder, uint user, UnixFileMode mode = OwnerOnly)
    {
        _ = Directory.CreateDirectory(folder, mode);
        uint last = FileOwner.Get(folder);
        return last != 0 && last != user && !isLastRunOver
            ? $"{folder}: a process of an earlier run still lives, so that it cannot go to another user"
            : FolderOwner.Change(folder, user);
    }

    /// <summary>Seeds a product's content with what was shipped beside it, once: from then on it is the administrator's.</summary>
    public void PrepareContent(string product)
    {
        string content = Content(product);
        if (Directory.Exists(content))
            return;
        string staged = content + ".new";
        if (Directory.Exists(staged))
            Directory.Delete(staged, recursive: true);
        _ = Directory.CreateDirectory(staged, ReadableByAll);
        var shipped = new DirectoryInfo(Path.Join(programDirectory, "products", product, "content"));
        if (shipped.Exists)
            Copy(shipped, staged);

        // Whole or not at all, also when the power fails half way.
        Directory.Move(staged, content);
    }

    private static void Copy(DirectoryInfo source, string target)
    {
        foreach (FileInfo file in source.EnumerateFiles())
            file.CopyTo(Path.Join(target, file.Name));
        foreach (DirectoryInfo folder in source.EnumerateDirectories())
        {
            string copy = Path.Join(target, folder.Name);
            _ = Directory.CreateDirectory(copy, ReadableByAll);
            Copy(folder, copy);
        }
    }
}
