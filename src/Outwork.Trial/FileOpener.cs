using Outwork.Platform.Linux.ProductsUnderTest;

namespace Outwork.Trial;

/// <summary>
/// Opens the files that are asked about. Some are on file systems that anybody may mount and that need not answer: a file that does not open in
/// time is left out, and what else is on its device with it, unless the machine's own files are there.
/// </summary>
/// <remarks>For one thread. Another one opens, and stays in it as long as the kernel keeps it.</remarks>
/// <param name="open">Opens a question's file.</param>
/// <param name="silent">Told the path of each file that did not open.</param>
internal sealed class FileOpener(Func<TrialQuestion, RecordedFile?> open, Action<string> silent)
{
    /// <summary>How long one may take. Whoever asked for the trial takes 10 s of silence for its end.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly HashSet<ulong> _own = [];
    private readonly HashSet<ulong> _silent = [];

    /// <summary>Opens one; null when it is another file by now, is not to be opened, or does not open.</summary>
    public RecordedFile? Open(TrialQuestion question)
    {
        if (_silent.Contains(question.Recorded.Device))
            return null;
        Task<RecordedFile?> opening = Task.Run(() => open(question));
        if (opening.Wait(Limit))
        {
            if (question.IsProtected && opening.Result is { } own)
                _own.Add(own.Identity.Device);
            return opening.Result;
        }

        _ = opening.ContinueWith(static late => late.Result?.Dispose(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
        silent(question.Recorded.Path);
        if (!question.IsProtected && !_own.Contains(question.Recorded.Device))
            _silent.Add(question.Recorded.Device);
        return null;
    }
}
