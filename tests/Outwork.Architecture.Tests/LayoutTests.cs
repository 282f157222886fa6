using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Outwork.Architecture.Tests;

/// <summary>How the repository is laid out.</summary>
public sealed partial class LayoutTests
{
    private const int LinesAtMost = 600;
    private const int LinesOfNineInTen = 250;

    [Fact]
    public void Every_project_is_in_the_solution_and_every_entry_exists()
    {
        string[] listed = [.. XDocument.Parse(Repository.Read("Outwork.slnx")).Descendants("Project").Select(p => p.Attribute("Path")!.Value)];
        Assert.Equal(Repository.Projects, listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_project_has_a_lock_file()
    {
        Assert.DoesNotContain(Repository.Projects, project => !File.Exists(Path.Join(Repository.Root, Path.GetDirectoryName(project), "packages.lock.json")));
    }

    [Fact]
    public void No_package_version_floats()
    {
        string[] versions = [.. XDocument.Parse(Repository.Read("Directory.Packages.props")).Descendants("PackageVersion").Select(p => p.Attribute("Version")!.Value)];
        Assert.NotEmpty(versions);
        Assert.All(versions, version => Assert.Matches(@"^\d+\.\d+\.\d+(\.\d+)?(-[\w.]+)?$", version));
    }

    [Fact]
    public void No_project_names_a_package_version_itself()
    {
        Assert.DoesNotContain(Repository.Projects, project =>
            XDocument.Parse(Repository.Read(project)).Descendants("PackageReference").Any(p => p.Attribute("Version") is not null));
    }

    [Fact]
    public void Files_are_short()
    {
        (string File, int Lines)[] files = [.. Repository.Files("*.cs").Select(file => (file, Repository.Read(file).AsSpan().Count('\n')))];
        Assert.DoesNotContain(files, file => file.Lines > LinesAtMost);
        int longer = files.Count(file => file.Lines > LinesOfNineInTen);
        Assert.True(longer * 10 <= files.Length, $"{longer} of {files.Length} files have more than {LinesOfNineInTen} lines");
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        string[] vague = [.. Repository.Files("*.cs", "src").Concat(Repository.Files("*.cs", "products")).Where(file => VagueName().IsMatch(file))];
        Assert.Empty(vague);
    }

    [Fact]
    public void Namespaces_are_file_scoped_and_no_regions_hide_code()
    {
        Assert.DoesNotContain(Repository.Files("*.cs"), file => BlockNamespaceOrRegion().IsMatch(Repository.Read(file)));
    }

    [Fact]
    public void Documents_stand_alone()
    {
        Assert.DoesNotContain(Repository.Files("*.md"), file => Repository.Read(file).Contains("../shared", StringComparison.Ordinal));
    }

    [Fact]
    public void Relative_links_of_documents_lead_somewhere()
    {
        string[] broken =
        [
            .. from file in Repository.Files("*.md")
               from Match link in Link().Matches(Repository.Read(file))
               let target = link.Groups["target"].Value
               where !target.Contains("://", StringComparison.Ordinal) && !target.StartsWith("mailto:", StringComparison.Ordinal)
               where !Path.Exists(Path.Join(Repository.Root, Path.GetDirectoryName(file), target))
               select $"{file}: {target}",
        ];
        Assert.Empty(broken);
    }

    [GeneratedRegex(@"(Util|Utils|Helper|Helpers|Common|Manager)(\.cs|/)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^\s*(namespace [\w.]+\s*\{|#region)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex BlockNamespaceOrRegion();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(#[^)]*)?\)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Link();
}
