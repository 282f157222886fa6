using Outwork.Policy.Reading;
using Outwork.Policy.Yaml;

namespace Outwork.Agent.Updates;

/// <summary>A path in the administrator's file on updates, as the agent can follow it: it sees the machine's folders, but not all of them.</summary>
internal static class NamedPath
{
    // A confined process has each of them to itself.
    private static readonly string[] Private = ["/tmp", "/dev/shm"];

    /// <summary>The absolute path; null, and a fault, when the agent could not follow it.</summary>
    /// <param name="node">What the administrator wrote.</param>
    /// <param name="folder">The file's folder, where the agent sees it.</param>
    /// <param name="key">The key that it is the value of.</param>
    /// <param name="nodes">Gets the fault.</param>
    public static string? Resolve(YamlScalar node, string folder, string key, NodeReader nodes)
    {
        string path = Path.GetFullPath(node.Value, folder);
        bool isAbsolute = Path.IsPathRooted(node.Value);
        if (isAbsolute && Array.Find(Private, known => IsIn(path, known)) is { } hidden)
            nodes.Fault(node, $"{key} {Quoting.Shorten(node.Value)} is below {hidden}, where the agent does not see the machine's files; move it elsewhere, as to /srv");
        else if (!isAbsolute && !IsIn(path, folder))
            nodes.Fault(node, $"{key} {Quoting.Shorten(node.Value)} leads out of this file's folder, where the agent cannot follow; give an absolute path");
        else
            return path;
        return null;
    }

    private static bool IsIn(string path, string folder) => path == folder || path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal);
}
