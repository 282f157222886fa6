namespace Outwork.Content.Store;

/// <summary>Steps that are whole on the disk, or not there, after a power cut anywhere in them.</summary>
internal static class DurableContentFiles
{
    /// <summary>Puts a small file in the place of another.</summary>
    public static void Replace(this IContentFiles files, string path, ReadOnlySpan<byte> bytes)
    {
        string unfinished = path + ContentPaths.Unfinished;
        files.DeleteAll(unfinished);
        using (Stream stream = files.Create(unfinished, executable: false))
        {
            stream.Write(bytes);
            files.Synchronize(stream);
        }

        files.Rename(unfinished, path);
        files.SynchronizeFolder(Parent(path));
    }

    /// <summary>Lets a link lead elsewhere, or takes it away.</summary>
    public static void ReplaceLink(this IContentFiles files, string path, string? target)
    {
        string unfinished = path + ContentPaths.Unfinished;
        files.DeleteAll(unfinished);
        if (target is null)
            files.Delete(path);
        else
        {
            files.CreateLink(unfinished, target);
            files.Rename(unfinished, path);
        }

        files.SynchronizeFolder(Parent(path));
    }

    /// <summary>Deletes whatever is at a path. A power cut leaves a part of it, which nobody takes for whole.</summary>
    public static void DeleteAll(this IContentFiles files, string path)
    {
        ContentEntryKind kind = files.KindOf(path);
        if (kind == ContentEntryKind.None)
            return;
        if (kind == ContentEntryKind.Folder)
        {
            foreach (string name in files.List(path))
                files.DeleteAll($"{path}/{name}");
        }

        files.Delete(path);
    }

    /// <summary>All of a small file; null when there is none, it is larger, or the disk has lost its bytes.</summary>
    public static byte[]? ReadSmall(this IContentFiles files, string path, long most)
    {
        if (files.KindOf(path) != ContentEntryKind.File || files.LengthOf(path) > most)
            return null;
        using Stream stream = files.OpenRead(path);
        using var bytes = new MemoryStream();
        try
        {
            stream.CopyTo(bytes);
        }
        catch (IOException)
        {
            return null;
        }

        return bytes.ToArray();
    }

    /// <summary>The folder that a path is in.</summary>
    public static string Parent(string path)
    {
        int slash = path.LastIndexOf('/');
        return slash < 0 ? "" : path[..slash];
    }
}
