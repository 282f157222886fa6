using Outwork.Content.Packages;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Content.Tests.Packages;

public sealed class PackageFolderTests : IDisposable
{
    private const string Manifest = """{"format":1,"kind":"product","vendor":"acme","product":"acme-guard","version":"1.0.0"}""";
    private readonly string _folder = Directory.CreateTempSubdirectory("outwork-package-").FullName;

    [Fact]
    public void Folder_gives_its_files_with_their_permission_to_be_executed()
    {
        Add(PackageManifest.FileName, Manifest);
        Add("b/data", "1");
        Add(".hidden", "2");
        Add("a", "3");
        File.SetUnixFileMode(Path.Join(_folder, "a"), (UnixFileMode)0x1c0);

        PackageFolder folder = PackageFolder.Read(_folder, PackageLimits.Format, RegularFile.IsAt, out _)!;

        Assert.Equal([".hidden", "a", "b/data"], folder.Sources.Select(s => s.Path).Order(StringComparer.Ordinal));
        Assert.Equal("a", Assert.Single(folder.Sources, s => s.Executable).Path);
    }

    [Fact]
    public void Link_in_the_folder_is_refused_even_when_it_stays_inside()
    {
        Add(PackageManifest.FileName, Manifest);
        Add("a", "3");
        File.CreateSymbolicLink(Path.Join(_folder, "b"), "a");

        Assert.Equal((PackageRefusalCode.Link, "b"), Refusal());
    }

    [Fact]
    public void Socket_in_the_folder_is_refused_and_not_opened()
    {
        Add(PackageManifest.FileName, Manifest);
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Join(_folder, "s")));

        Assert.Equal((PackageRefusalCode.SpecialFile, "s"), Refusal());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Manifest_that_is_a_link_is_refused_wherever_it_leads(bool isThere)
    {
        if (isThere)
            Add("real", Manifest);
        File.CreateSymbolicLink(Path.Join(_folder, PackageManifest.FileName), "real");

        Assert.Equal((PackageRefusalCode.Link, PackageManifest.FileName), Refusal());
    }

    [Fact]
    public void Manifest_that_is_no_regular_file_is_refused_and_not_opened()
    {
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(Path.Join(_folder, PackageManifest.FileName)));

        Assert.Equal((PackageRefusalCode.SpecialFile, PackageManifest.FileName), Refusal());
    }

    [Fact]
    public void Name_that_is_not_portable_is_refused_with_the_name()
    {
        Add(PackageManifest.FileName, Manifest);
        Add("x/caf\u00e9", "1");

        Assert.Equal((PackageRefusalCode.NameNotPortable, "x/caf\u00e9"), Refusal());
    }

    [Fact]
    public void Folder_without_a_manifest_is_refused() => Assert.Equal((PackageRefusalCode.Unreadable, PackageManifest.FileName), Refusal());

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private (PackageRefusalCode, string) Refusal()
    {
        Assert.Null(PackageFolder.Read(_folder, PackageLimits.Format, RegularFile.IsAt, out PackageRefusal? refusal));
        return (refusal!.Code, refusal.Where);
    }

    private void Add(string path, string text)
    {
        string full = Path.Join(_folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
    }
}
