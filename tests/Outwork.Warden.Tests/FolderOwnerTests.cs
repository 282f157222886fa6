using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Linux.Tests.Support;

namespace Outwork.Warden.Tests;

/// <summary>A product's folder goes to another user: whatever its last user put there, nothing else changes hands.</summary>
public sealed class FolderOwnerTests : IDisposable
{
    private const uint Last = 61001, Next = 61002;
    private readonly string _root = Directory.CreateTempSubdirectory("outwork-owner-").FullName;
    private readonly string _folder;

    public FolderOwnerTests()
    {
        Assert.SkipUnless(CurrentProcess.IsRoot || Environment.GetEnvironmentVariable("CI") == "true", "needs root");
        _folder = Path.Join(_root, "data");
        Directory.CreateDirectory(Path.Join(_folder, "inner"));
        File.WriteAllText(Path.Join(_folder, "inner", "file"), "x");
        FileOwner.Set(_folder, Last, Last);
    }

    // Not every name in it is text.
    public void Dispose() => TestProcess.Run("/bin/rm", "-rf", _root);

    [Fact]
    public void Everything_in_it_is_the_users_then()
    {
        Assert.Equal(0, TestProcess.Run("/bin/sh", "-c", $"touch '{_folder}'/\"$(printf '\\377\\376')\"").ExitCode);
        Assert.Null(FolderOwner.Change(_folder, Next));
        string[] owners = TestProcess.Run("find", _folder, "-printf", "%U:%G\\n").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Repeat($"{Next}:{Next}", 4), owners);
    }

    [Fact]
    public void Link_to_a_file_or_folder_elsewhere_changes_hands_and_not_what_it_names()
    {
        string elsewhere = Path.Join(_root, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(Path.Join(elsewhere, "secret"), "x");
        Directory.CreateSymbolicLink(Path.Join(_folder, "link"), elsewhere);
        Assert.Null(FolderOwner.Change(_folder, Next));
        Assert.Equal(0u, FileOwner.Get(elsewhere));
        Assert.Equal(0u, FileOwner.Get(Path.Join(elsewhere, "secret")));
        Assert.Equal(Next, FileOwner.Get(Path.Join(_folder, "link")));
    }

    [Fact]
    public void Folder_that_is_swapped_for_a_link_during_the_walk_gives_nothing_away()
    {
        string elsewhere = Path.Join(_root, "elsewhere");
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(Path.Join(elsewhere, "file"), "x");

        // Exchanges the two names as fast as it can.
        string inner = Path.Join(_folder, "inner"), link = Path.Join(_folder, "other");
        Directory.CreateSymbolicLink(link, elsewhere);
        using System.Diagnostics.Process swapper = TestProcess.Start(
            "/", "/bin/sh", "-c", $"while :; do mv -T '{inner}' '{inner}.x' && mv -T '{link}' '{inner}' && mv -T '{inner}' '{link}' && mv -T '{inner}.x' '{inner}'; done");
        try
        {
            for (uint i = 0; i < 200; i++)
            {
                try
                {
                    _ = FolderOwner.Change(_folder, Next + (i % 2));
                }
                catch (Platform.Linux.LinuxException)
                {
                    // An entry was gone when it was to be opened.
                }

                Assert.Equal(0u, FileOwner.Get(elsewhere));
                Assert.Equal(0u, FileOwner.Get(Path.Join(elsewhere, "file")));
            }
        }
        finally
        {
            swapper.Kill(entireProcessTree: true);
            swapper.WaitForExit();
        }
    }

    [Fact]
    public void File_with_another_name_is_refused()
    {
        string secret = Path.Join(_root, "secret");
        File.WriteAllText(secret, "x");
        Assert.Equal(0, TestProcess.Run("/bin/ln", secret, Path.Join(_folder, "mine")).ExitCode);
        Assert.Contains("hard link", FolderOwner.Change(_folder, Next), StringComparison.Ordinal);
        Assert.Equal(0u, FileOwner.Get(secret));
        Assert.Equal(Last, FileOwner.Get(_folder));
    }

    [Fact]
    public void Folders_that_are_too_deep_are_refused()
    {
        Directory.CreateDirectory(Path.Join([_folder, .. Enumerable.Repeat("d", 70)]));
        Assert.Contains("deep", FolderOwner.Change(_folder, Next), StringComparison.Ordinal);
    }

    [Fact]
    public void Folder_is_refused_while_a_process_of_an_earlier_run_lives()
    {
        var state = new StateDirectories(_root, _root, isLastRunOver: false);
        Assert.Null(state.PrepareDataFolder("new", Next));
        Assert.Null(state.PrepareDataFolder("new", Next));
        Assert.Contains("earlier run still lives", state.PrepareDataFolder("new", Last), StringComparison.Ordinal);
        Assert.Equal(Next, FileOwner.Get(state.DataFolder("new")));
        Assert.Null(new StateDirectories(_root, _root, isLastRunOver: true).PrepareDataFolder("new", Last));
    }
}
