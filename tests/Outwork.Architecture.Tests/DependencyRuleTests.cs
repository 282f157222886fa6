using System.Reflection;
using System.Text.RegularExpressions;

namespace Outwork.Architecture.Tests;

/// <summary>
/// Dependencies point inwards: contracts, then the pure parts, then the platform, then the executables. What a project may refer to is
/// listed here; a new edge is a decision and not an accident.
/// </summary>
public sealed partial class DependencyRuleTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Outwork.Contracts"] = [],
        ["Outwork.Broker"] = ["Outwork.Contracts"],
        ["Outwork.Sdk"] = ["Outwork.Contracts"],
        ["Outwork.Sdk.Testing"] = ["Outwork.Sdk", "Outwork.Contracts"],
        ["Outwork.Policy"] = ["Outwork.Broker", "Outwork.Contracts"],
        ["Outwork.Trust"] = [],
        ["Outwork.Content"] = ["Outwork.Trust", "Outwork.Contracts"],
        ["Outwork.Platform"] = ["Outwork.Contracts"],
        ["Outwork.Platform.Linux"] = ["Outwork.Platform", "Outwork.Broker", "Outwork.Content", "Outwork.Sdk", "Outwork.Trust", "Outwork.Contracts"],
        ["Outwork.Warden"] = ["Outwork.Platform.Linux"],
        ["Outwork.BrokerHost"] = ["Outwork.Broker", "Outwork.Platform.Linux"],
        ["Outwork.Trial"] = ["Outwork.Content", "Outwork.Platform.Linux"],
        ["Outwork.Agent"] = ["Outwork.Content", "Outwork.Trust", "Outwork.Policy", "Outwork.Platform.Linux"],
        ["Outwork.TufClient"] = ["Outwork.Content", "Outwork.Trust", "Outwork.Platform.Linux"],
        ["Outwork.Cli"] = ["Outwork.Content", "Outwork.Policy", "Outwork.Platform.Linux"],
    };

    private static readonly string[] SystemNeutral =
        ["src/Outwork.Contracts", "src/Outwork.Broker", "src/Outwork.Sdk", "src/Outwork.Sdk.Testing", "src/Outwork.Policy", "src/Outwork.Trust", "src/Outwork.Content"];

    public static TheoryData<string> Projects => [.. Repository.Projects];

    public static TheoryData<string> Libraries => [.. Allowed.Keys.Where(name => Allowed.Values.Any(list => list.Contains(name)))];

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_refers_only_to_what_it_may(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string[] references = [.. Repository.ReferencesOf(project)];
        if (project.StartsWith("src/", StringComparison.Ordinal))
            Assert.Subset(Allowed[name].ToHashSet(), references.ToHashSet());
        else if (project.StartsWith("products/", StringComparison.Ordinal) || project.StartsWith("samples/", StringComparison.Ordinal))
            Assert.Subset(new HashSet<string> { "Outwork.Sdk", "Outwork.Platform.Linux" }, references.ToHashSet());
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void Assembly_refers_only_to_what_it_may(string name)
    {
        string[] ours = [.. Assembly.Load(name).GetReferencedAssemblies().Select(reference => reference.Name!).Where(IsOurs)];
        Assert.Subset(Allowed[name].ToHashSet(), ours.ToHashSet());
    }

    [Theory]
    [InlineData("Outwork.Contracts")]
    [InlineData("Outwork.Broker")]
    [InlineData("Outwork.Sdk")]
    [InlineData("Outwork.Platform")]
    [InlineData("Outwork.Platform.Linux")]
    public void Assembly_uses_nothing_but_the_framework(string name)
    {
        Assert.All(
            Assembly.Load(name).GetReferencedAssemblies().Where(reference => !IsOurs(reference.Name!)),
            reference => Assert.Matches(@"^(System\.|Microsoft\.Win32\.|System$|netstandard$)", reference.Name!));
    }

    [Fact]
    public void No_system_is_named_where_none_may_be()
    {
        string[] found =
        [
            .. SystemNeutral
                .SelectMany(folder => Repository.Files("*.cs", folder))
                .Where(file => SystemName().IsMatch(WithoutComments(Repository.Read(file)).Replace("Microsoft.Win32.SafeHandles", "", StringComparison.Ordinal))),
        ];
        Assert.Empty(found);
    }

    [Fact]
    public void Native_code_is_called_only_where_it_may_be()
    {
        string[] found =
        [
            .. Repository.Files("*.cs")
                .Where(file => !file.StartsWith("src/Outwork.Platform.Linux/Interop/", StringComparison.Ordinal))
                .Where(file => !NativeLibraryOfItsOwn().IsMatch(file))
                .Where(file => NativeCall().IsMatch(Repository.Read(file))),
        ];
        Assert.Empty(found);
    }

    private static bool IsOurs(string assembly) => assembly.StartsWith("Outwork.", StringComparison.Ordinal);

    // A comment may say where a fact comes from.
    private static string WithoutComments(string source) => Comment().Replace(source, "");

    [GeneratedRegex(@"//.*$|/\*[\s\S]*?\*/", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Comment();

    [GeneratedRegex(@"linux|windows|macos|\b(win32|fanotify|ebpf|epoll|eventfd|memfd|inotify|etw)\b", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex SystemName();

    // A product's own library, and what tests must do that no product does.
    [GeneratedRegex(@"^((products|testassets)/[^/]+/Interop|tests)/", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NativeLibraryOfItsOwn();

    [GeneratedRegex(@"\[\s*(LibraryImport|DllImport)\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NativeCall();
}
