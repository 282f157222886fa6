using Outwork.Platform.Linux.Storage;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Platform.Linux.Tests.Storage;

public sealed class DurableFileTests
{
    private const UnixFileMode Everybodys =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    [Fact]
    public void Replaced_file_has_the_mode_that_was_asked_for_whatever_the_umask()
    {
        using var folder = new TempDirectory();
        File.WriteAllText(folder["file"], "old");
        using (var file = DurableFile.Prepare(folder["file"], "new"u8, Everybodys))
        {
            Assert.Equal("old", File.ReadAllText(folder["file"]));
            file.Commit();
        }

        Assert.Equal("new", File.ReadAllText(folder["file"]));
        Assert.Equal(Everybodys, File.GetUnixFileMode(folder["file"]));
        Assert.Single(Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void What_was_prepared_and_not_wanted_leaves_the_old_file_alone()
    {
        using var folder = new TempDirectory();
        File.WriteAllText(folder["file"], "old");
        DurableFile.Prepare(folder["file"], "new"u8, Everybodys).Dispose();
        Assert.Equal("old", File.ReadAllText(Assert.Single(Directory.GetFiles(folder.Path))));
    }

    [Fact]
    public void File_that_is_made_replaces_none()
    {
        using var folder = new TempDirectory();
        DurableFile.Create(folder["file"], "one"u8, UnixFileMode.UserRead);
        Assert.Equal(UnixFileMode.UserRead, File.GetUnixFileMode(folder["file"]));
        Assert.Throws<IOException>(() => DurableFile.Create(folder["file"], "two"u8, UnixFileMode.UserRead));
        Assert.Equal("one", File.ReadAllText(folder["file"]));
        Assert.Throws<DirectoryNotFoundException>(() => DurableFile.Create(folder["no/file"], "one"u8, UnixFileMode.UserRead));
    }
}
