using System.Runtime.CompilerServices;

namespace Outwork.Policy.Tests.Support;

internal static class Repository
{
    /// <summary>The path of a file of this repository.</summary>
    public static string PathOf(string relative, [CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../..", relative));
}
