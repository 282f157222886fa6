using System.Buffers;

namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Finds the container in the path of a control group, in the forms that Docker, containerd, CRI-O and Podman use with
/// either cgroup driver: <c>/docker/ID</c>, <c>docker-ID.scope</c>, <c>cri-containerd-ID.scope</c>, <c>crio-ID.scope</c>,
/// <c>libpod-ID.scope</c>, <c>kubepods-….slice:cri-containerd:ID</c>, <c>/kubepods/…/ID</c>, <c>/ecs/TASK/ID</c>.
/// </summary>
public static class ControlGroupPath
{
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");
    private static readonly string[] Runtimes = ["docker", "containerd", "crio", "libpod", "kubepods", "ecs", "garden"];

    /// <summary>The container's id: 64 hexadecimal digits, or 32 where the path names a container runtime; else null.</summary>
    public static string? FindContainer(ReadOnlySpan<char> path)
    {
        while (!path.IsEmpty)
        {
            int slash = path.LastIndexOf('/');
            ReadOnlySpan<char> name = path[(slash + 1)..];
            path = slash < 0 ? default : path[..slash];
            if (name.EndsWith(".scope", StringComparison.Ordinal))
                name = name[..^6];
            int separator = name.LastIndexOfAny('-', ':');
            ReadOnlySpan<char> id = name[(separator + 1)..];
            if (id.Length is not (64 or 32) || id.ContainsAnyExcept(Hexadecimal))
                continue;
            ReadOnlySpan<char> prefix = separator < 0 ? default : name[..separator];
            // Monitors of containers are named after them but run outside.
            if (prefix.EndsWith("conmon", StringComparison.Ordinal))
                return null;
            if (id.Length == 64 || NamesRuntime(prefix) || NamesRuntime(path))
                return id.ToString();
        }
        return null;
    }

    /// <summary>The container in the text of /proc/PID/cgroup, whatever hierarchy names it; else null.</summary>
    public static string? FindContainerInList(ReadOnlySpan<char> list)
    {
        foreach (ReadOnlySpan<char> line in list.EnumerateLines())
        {
            int first = line.IndexOf(':');
            int second = first < 0 ? -1 : line[(first + 1)..].IndexOf(':');
            if (second >= 0 && FindContainer(line[(first + second + 2)..]) is { } container)
                return container;
        }
        return null;
    }

    private static bool NamesRuntime(ReadOnlySpan<char> text)
    {
        foreach (string runtime in Runtimes)
        {
            if (text.Contains(runtime, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
