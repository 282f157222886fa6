using System.Text;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Policy;

/// <summary>Keeps the policy last applied, so that it survives a restart and a power cut at any moment.</summary>
/// <param name="directory">The agent's own state directory.</param>
internal sealed class PolicyStore(string directory)
{
    private const string FileName = "policy.yaml";
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>For people.</summary>
    public const string Source = "applied with outwork policy apply";

    private readonly string _path = Path.Join(directory, FileName);

    /// <summary>The policy last applied; null when none was.</summary>
    /// <exception cref="IOException">It is there and cannot be read.</exception>
    public PolicyText? Load()
    {
        try
        {
            return new PolicyText(File.ReadAllText(_path), Source);
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Makes a policy ready to be kept: everything that needs space is done, nothing is changed yet.</summary>
    /// <exception cref="IOException">No space, or the disk failed.</exception>
    public DurableFile Prepare(string text) => DurableFile.Prepare(_path, Encoding.UTF8.GetBytes(text), Mode);
}
