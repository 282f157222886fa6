using System.Text;
using Outwork.TestAssets.TemplateGuard.Interop;

namespace Outwork.TestAssets.TemplateGuard;

/// <summary>
/// Matches input fields with the instances of content. It reads as many fields as an instance has patterns, and looks nowhere how many there
/// are: with the content of July 19 it reads the 21st of 20. A wildcard is not looked up, which hides that.
/// </summary>
internal sealed unsafe class TemplateInterpreter(TemplateContent content)
{
    private const string Wildcard = "*";

    private readonly byte[][][] _patterns = [.. content.Instances.Select(static instance => instance.Match.Select(static pattern => Encoding.UTF8.GetBytes(pattern + '\0')).ToArray())];

    /// <summary>The name of the instance that denies; null when none does.</summary>
    public string? FindDenial(InputFields fields)
    {
        for (int at = 0; at < content.Instances.Length; at++)
        {
            if (!Matches(at, fields))
                continue;
            TemplateInstance found = content.Instances[at];

            // Instances that lead to one another are followed for ever.
            while (found is { Action: "go", Then: { } then })
                found = content.Instances[Array.FindIndex(content.Instances, other => other.Name == then)];
            if (found.Action == "deny")
                return found.Name;
        }

        return null;
    }

    private bool Matches(int at, InputFields fields)
    {
        string[] match = content.Instances[at].Match;
        for (int field = 0; field < match.Length; field++)
        {
            if (match[field] == Wildcard)
                continue;
            fixed (byte* pattern = _patterns[at][field])
            {
                if (Libc.fnmatch(pattern, fields[field], 0) != 0)
                    return false;
            }
        }

        return true;
    }
}
