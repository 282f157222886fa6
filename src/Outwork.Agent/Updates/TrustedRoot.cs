using Outwork.Platform.Linux.Cryptography;
using Outwork.Policy.Reading;
using Outwork.Policy.Yaml;
using Outwork.Trust.Workflow;

namespace Outwork.Agent.Updates;

/// <summary>The root file that the administrator's file on updates names. It must be there, and be a root that its own keys signed.</summary>
internal static class TrustedRoot
{
    /// <summary>Its bytes; none, and a fault, when it cannot be trusted.</summary>
    public static ReadOnlyMemory<byte> Read(YamlScalar node, string folder, NodeReader nodes)
    {
        if (NamedPath.Resolve(node, folder, "root", nodes) is not { } path)
            return default;
        string told = Quoting.Shorten(node.Value);
        try
        {
            byte[] bytes = ReadFile(path);
            if (ClientWorkflow.CheckRoot(bytes, told, OpenSslEd25519.Instance) is not { } refusal)
                return bytes;
            nodes.Fault(node, $"root {told} is no root of a repository: {refusal.Reason}; put the repository's root.json in its place");
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            nodes.Fault(node, $"root {told} is not there; put the repository's root.json in that place");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            nodes.Fault(node, Directory.Exists(path) ? $"root {told} is a folder; name the file in it" : $"root {told} cannot be read by the agent: put the file beside this one, readable for all");
        }

        return default;
    }

    private static byte[] ReadFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        byte[] bytes = new byte[Math.Min(file.Length, new WorkflowLimits().RootBytes + 1)];
        file.ReadExactly(bytes);
        return bytes;
    }
}
