using Outwork.Contracts.Policy;
using Outwork.Platform.Linux.Users;
using Outwork.Policy;

namespace Outwork.Agent.Policy;

/// <summary>The format in which policies are written: YAML, docs/policy.md.</summary>
internal static class PolicyFormat
{
    /// <summary>Reads a policy; users are those of this machine now.</summary>
    public static PolicyReading Read(string text, string source)
    {
        PolicyReadResult result = PolicyReader.Read(text, source, Users());
        return new PolicyReading(result.Document, result.Faults);
    }

    private static PasswdUserDirectory Users()
    {
        try
        {
            return PasswdUserDirectory.Load();
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            // A policy that names users gets a fault for each; one that does not is none the worse.
            return PasswdUserDirectory.Parse([]);
        }
    }
}
