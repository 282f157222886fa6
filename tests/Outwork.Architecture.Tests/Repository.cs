using System.Xml.Linq;

namespace Outwork.Architecture.Tests;

/// <summary>The working tree that these tests were built from.</summary>
internal static class Repository
{
    private static readonly string[] NotSources = ["bin", "obj", "artifacts", ".git"];

    public static string Root { get; } = FindRoot();

    /// <summary>Every project, relative to the root.</summary>
    public static IReadOnlyList<string> Projects { get; } = [.. Files("*.csproj").Order(StringComparer.Ordinal)];

    public static string Read(string path) => File.ReadAllText(Path.Join(Root, path));

    /// <summary>Files below a folder, relative to the root, without what a build makes.</summary>
    public static IEnumerable<string> Files(string pattern, string folder = ".") => Find(new DirectoryInfo(Path.Join(Root, folder)), pattern);

    /// <summary>Names of the projects that a project refers to, those of the shared properties included.</summary>
    public static IEnumerable<string> ReferencesOf(string project)
    {
        var files = new List<string> { project };
        if (project.StartsWith("products/", StringComparison.Ordinal))
            files.Add("eng/Product.props");
        return files
            .SelectMany(file => XDocument.Parse(Read(file)).Descendants("ProjectReference"))
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')));
    }

    private static IEnumerable<string> Find(DirectoryInfo folder, string pattern)
    {
        foreach (FileInfo file in folder.EnumerateFiles(pattern))
            yield return Path.GetRelativePath(Root, file.FullName);
        foreach (DirectoryInfo inner in folder.EnumerateDirectories().Where(inner => !NotSources.Contains(inner.Name) && inner.LinkTarget is null))
        {
            foreach (string file in Find(inner, pattern))
                yield return file;
        }
    }

    private static string FindRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Join(folder.FullName, "Outwork.slnx")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No Outwork.slnx above {AppContext.BaseDirectory}.");
    }
}
