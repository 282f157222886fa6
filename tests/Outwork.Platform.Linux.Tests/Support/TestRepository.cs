using System.Runtime.CompilerServices;

namespace Outwork.Platform.Linux.Tests.Support;

/// <summary>Where the sources are.</summary>
internal static class TestRepository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(SourceDirectory(), "../../.."));

    private static string SourceDirectory([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
