namespace Outwork.Sdk.Hosting;

/// <summary>
/// Calls back when something below a directory changed and then nothing for a while, so that a half-written set of
/// content is not loaded in the middle of being copied. The calls come one at a time, on a thread of their own.
/// </summary>
internal sealed class ContentWatch : IDisposable
{
    private readonly FileSystemWatcher _watcher;
    private readonly SemaphoreSlim _changed = new(0, 1);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TimeSpan _quiet;
    private readonly Action _reload;

    /// <summary>Begins to watch.</summary>
    /// <param name="directory">The directory, with everything below.</param>
    /// <param name="quiet">How long nothing may change before it is told.</param>
    /// <param name="reload">Called on a thread of its own.</param>
    /// <param name="only">The one name in the directory itself that counts; null for everything, and everything below.</param>
    public ContentWatch(string directory, TimeSpan quiet, Action reload, string? only = null)
    {
        _quiet = quiet;
        _reload = reload;
        _watcher = new FileSystemWatcher(directory)
        {
            IncludeSubdirectories = only is null,
            NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
        };
        if (only is not null)
            _watcher.Filters.Add(only);
        _watcher.Changed += (_, _) => Signal();
        _watcher.Created += (_, _) => Signal();
        _watcher.Deleted += (_, _) => Signal();
        _watcher.Renamed += (_, _) => Signal();
        // The queue overflowed: what changed is unknown, that something did is certain.
        _watcher.Error += (_, _) => Signal();
        _watcher.EnableRaisingEvents = true;
        new Thread(Run) { IsBackground = true, Name = "content" }.Start();
    }

    public void Dispose()
    {
        _watcher.Dispose();
        _stopping.Cancel();
    }

    private void Run()
    {
        try
        {
            while (true)
            {
                _changed.Wait(_stopping.Token);
                while (_changed.Wait(_quiet, _stopping.Token))
                {
                }

                _reload();
            }
        }
        catch (OperationCanceledException)
        {
            // The session is over.
        }
    }

    private void Signal()
    {
        lock (_changed)
        {
            if (_changed.CurrentCount == 0)
                _changed.Release();
        }
    }
}
