using System.Text;
using Outwork.Agent.Export;
using Outwork.Agent.Tests.Support;

namespace Outwork.Agent.Tests.Export;

public sealed class RotatingFileTests : IDisposable
{
    private readonly TempDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Full_file_is_renamed_and_lines_are_never_split()
    {
        using RotatingFile file = Create(maximumBytes: 100, files: 10);
        int rotations = 0;
        for (int i = 0; i < 40; i++)
        {
            file.Append(Lines(i, 1), out int now);
            rotations += now;
        }

        string[] files = Directory.GetFiles(_directory["export"]);
        Assert.Equal(rotations + 1, files.Length);
        Assert.All(files, path => Assert.True(new FileInfo(path).Length <= 100));
        Assert.Equal(Expected(0, 40), ReadAll());
    }

    [Fact]
    public void Batch_larger_than_a_file_is_spread_over_several()
    {
        using RotatingFile file = Create(maximumBytes: 100, files: 10);
        file.Append(Lines(0, 40), out int rotations);
        Assert.True(rotations > 3);
        Assert.Equal(Expected(0, 40), ReadAll());
    }

    [Fact]
    public void No_more_files_than_allowed_remain_and_they_are_the_latest()
    {
        using RotatingFile file = Create(maximumBytes: 100, files: 3);
        for (int i = 0; i < 100; i++)
            file.Append(Lines(i, 1), out _);
        Assert.Equal(3, Directory.GetFiles(_directory["export"]).Length);
        string[] lines = ReadAll();
        Assert.Equal(Expected(100 - lines.Length, lines.Length), lines);
    }

    [Fact]
    public void One_file_is_begun_anew_when_it_is_full()
    {
        using RotatingFile file = Create(maximumBytes: 100, files: 1);
        for (int i = 0; i < 20; i++)
            file.Append(Lines(i, 1), out _);
        Assert.Equal(file.Path, Assert.Single(Directory.GetFiles(_directory["export"])));
        Assert.EndsWith("line 00019", File.ReadAllText(file.Path).TrimEnd());
    }

    [Fact]
    public void Line_longer_than_a_file_gets_one_of_its_own()
    {
        using RotatingFile file = Create(maximumBytes: 100, files: 5);
        file.Append(Lines(0, 1), out _);
        file.Append(Encoding.UTF8.GetBytes(new string('x', 500) + "\n"), out _);
        file.Append(Lines(1, 1), out _);
        Assert.Equal(["line 00000", new string('x', 500), "line 00001"], ReadAll());
    }

    [Fact]
    public void Torn_last_line_of_a_crash_is_cut_off()
    {
        Directory.CreateDirectory(_directory["export"]);
        File.WriteAllText(Path.Join(_directory["export"], "outwork.jsonl"), "line 00000\nline 0000");
        using RotatingFile file = Create(maximumBytes: 1000, files: 2);
        file.Append(Lines(1, 1), out _);
        Assert.Equal(Expected(0, 2), ReadAll());
    }

    [Fact]
    public void File_that_was_moved_away_is_begun_anew()
    {
        using RotatingFile file = Create(maximumBytes: 1000, files: 2);
        file.Append(Lines(0, 1), out _);
        File.Move(file.Path, _directory["moved"]);
        file.Append(Lines(1, 1), out _);
        Assert.Equal("line 00001\n", File.ReadAllText(file.Path));
    }

    [Fact]
    public void File_is_readable_by_its_group_and_nobody_else()
    {
        using RotatingFile file = Create(maximumBytes: 1000, files: 2);
        file.Append(Lines(0, 1), out _);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(file.Path));
    }

    [Fact]
    public async Task Full_disk_leaves_whole_lines_and_writing_goes_on_when_there_is_room()
    {
        await using SmallDisk disk = await SmallDisk.MountAsync(kibibytes: 64);
        using var file = new RotatingFile(disk.Path, "outwork", 1024 * 1024, 2);
        file.Append(Lines(0, 10), out _);
        disk.Fill();
        Assert.Throws<IOException>(() => file.Append(Lines(10, 2000), out _));
        Assert.Equal(Expected(0, 10), File.ReadAllLines(file.Path));
        disk.MakeRoom();
        file.Append(Lines(10, 5), out _);
        Assert.Equal(Expected(0, 15), File.ReadAllLines(file.Path));
    }

    private static byte[] Lines(int first, int count) => Encoding.UTF8.GetBytes(string.Concat(Expected(first, count).Select(line => line + "\n")));

    private static string[] Expected(int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"line {i:00000}")];

    private RotatingFile Create(long maximumBytes, int files) => new(_directory["export"], "outwork", maximumBytes, files);

    /// <summary>All lines, oldest first.</summary>
    private string[] ReadAll()
    {
        string current = Path.Join(_directory["export"], "outwork.jsonl");
        int older = Directory.GetFiles(_directory["export"]).Length - 1;
        IEnumerable<string> files = Enumerable.Range(1, older).Reverse().Select(i => Path.Join(_directory["export"], $"outwork.{i}.jsonl"));
        return [.. files.Append(current).SelectMany(File.ReadAllLines)];
    }
}
