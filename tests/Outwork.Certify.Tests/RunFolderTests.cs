using Outwork.Cli.Certify;

namespace Outwork.Certify.Tests;

public sealed class RunFolderTests
{
    [Fact]
    public void Folder_of_a_killed_run_is_removed_by_the_next_one_and_that_of_a_running_one_stays()
    {
        using var running = new RunFolder();
        string left = Path.Join(Path.GetDirectoryName(running.Path), "outwork-certify-left-" + Path.GetRandomFileName());
        _ = Directory.CreateDirectory(Path.Join(left, "content"));
        File.WriteAllText(Path.Join(left, "lock"), "");

        using (var next = new RunFolder())
        {
            Assert.False(Directory.Exists(left));
            Assert.True(Directory.Exists(running.Path));
            Assert.True(Directory.Exists(next.Path));
        }
    }

    [Fact]
    public void Folder_without_a_lock_is_not_taken_for_left()
    {
        string other = Directory.CreateTempSubdirectory("outwork-certify-").FullName;
        using (var next = new RunFolder())
            Assert.True(Directory.Exists(other));
        Directory.Delete(other);
    }
}
