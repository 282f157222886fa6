using Outwork.Content.Trials;
using Outwork.Contracts.Events;
using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial.Tests;

/// <summary>Files that do not open: what is left out for them, and what is not.</summary>
public sealed class FileOpenerTests : IDisposable
{
    private const ulong Mounted = 4711;

    private readonly ManualResetEventSlim _answers = new();
    private readonly List<string> _silent = [];
    private readonly List<string> _opened = [];

    public void Dispose()
    {
        _answers.Set();
        _answers.Dispose();
    }

    [Fact]
    public void Device_that_does_not_answer_is_asked_once()
    {
        FileOpener opener = Create();
        Assert.Null(opener.Open(Question("/mnt/hangs", Mounted)));
        Assert.Null(opener.Open(Question("/mnt/other", Mounted)));
        Assert.Null(opener.Open(Question("/elsewhere", Mounted + 1)));
        Assert.Equal(["/mnt/hangs"], _silent);
        Assert.Equal(["/mnt/hangs", "/elsewhere"], _opened);
    }

    [Fact]
    public void Device_of_the_machines_own_files_is_never_left_out_as_a_whole()
    {
        using var file = RecordedFile.Open(Environment.ProcessPath!)!;
        ulong own = file.Identity.Device;
        FileOpener opener = Create();
        using (RecordedFile? itself = opener.Open(new TrialQuestion(new RecordedQuestion { Kind = EventKind.Exec, Path = Environment.ProcessPath! }, IsProtected: true)))
            Assert.NotNull(itself);
        Assert.Null(opener.Open(Question("/home/hangs", own)));
        Assert.Null(opener.Open(Question("/home/other", own)));
        Assert.Equal(["/home/hangs"], _silent);
        Assert.Equal("/home/other", _opened[^1]);
    }

    private static TrialQuestion Question(string path, ulong device) => new(new RecordedQuestion { Kind = EventKind.Exec, Path = path, Device = device }, IsProtected: false);

    private FileOpener Create() => new(
        question =>
        {
            lock (_opened)
                _opened.Add(question.Recorded.Path);
            if (question.Recorded.Path.EndsWith("hangs", StringComparison.Ordinal))
                _answers.Wait(TimeSpan.FromSeconds(30));
            return question.Open();
        },
        _silent.Add);
}
