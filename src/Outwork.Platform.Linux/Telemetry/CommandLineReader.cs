namespace Outwork.Platform.Linux.Telemetry;

/// <summary>
/// Reads command lines. The kernel takes them from the process' own memory under the lock of its memory map (get_mm_cmdline in
/// fs/proc/base.c), which any user can hold for as long as they like: so they are read on a thread that is left behind when it does not
/// come back in time. Until it comes back no command line of that user's processes is read. Any thread.
/// </summary>
internal sealed class CommandLineReader(TimeSpan patience)
{
    private const int MostBytes = 4_096, MostLeft = 64;
    private readonly Lock _gate = new();
    private readonly HashSet<uint> _usersLeft = [];
    private Worker? _idle;

    /// <summary>The one for all readings of /proc.</summary>
    public static CommandLineReader Shared { get; } = new(TimeSpan.FromMilliseconds(500));

    /// <summary>The first bytes of a file, at most 4,096; none when it cannot be read, or not in time.</summary>
    /// <param name="path">The process' cmdline.</param>
    /// <param name="user">Whose process it is.</param>
    public byte[] Read(string path, uint user)
    {
        lock (_gate)
        {
            if (_usersLeft.Contains(user) || _usersLeft.Count >= MostLeft) return [];
        }
        var worker = Interlocked.Exchange(ref _idle, null) ?? new Worker();
        var bytes = worker.Read(path, patience);
        if (bytes is null)
        {
            lock (_gate)
            {
                // Unless it came back just now.
                bytes = worker.TryLeave(() => CameBack(user));
                if (bytes is null)
                {
                    _usersLeft.Add(user);
                    return [];
                }
            }
        }
        // Another caller's may be there already: then this one ends.
        Interlocked.Exchange(ref _idle, worker)?.End();
        return bytes;
    }

    private void CameBack(uint user)
    {
        lock (_gate) _usersLeft.Remove(user);
    }

    private sealed class Worker
    {
        private readonly object _turn = new();
        private string? _path;
        private byte[]? _bytes;
        private Action? _left;
        private bool _isOver;

        public Worker() => new Thread(Run) { IsBackground = true, Name = "command-lines" }.Start();

        public byte[]? Read(string path, TimeSpan patience)
        {
            lock (_turn)
            {
                (_path, _bytes) = (path, null);
                Monitor.PulseAll(_turn);
                if (_bytes is null) Monitor.Wait(_turn, patience);
                return _bytes;
            }
        }

        public byte[]? TryLeave(Action cameBack)
        {
            lock (_turn)
            {
                if (_bytes is null) _left = cameBack;
                return _bytes;
            }
        }

        public void End()
        {
            lock (_turn)
            {
                _isOver = true;
                Monitor.PulseAll(_turn);
            }
        }

        private void Run()
        {
            while (true)
            {
                string path;
                lock (_turn)
                {
                    while (_path is null && !_isOver) Monitor.Wait(_turn);
                    if (_path is null) return;
                    path = _path;
                    _path = null;
                }
                byte[] bytes = ReadFile(path);
                Action? left;
                lock (_turn)
                {
                    _bytes = bytes;
                    left = _left;
                    Monitor.PulseAll(_turn);
                }
                if (left is null) continue;
                left();
                return;
            }
        }

        private static byte[] ReadFile(string path)
        {
            try
            {
                using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
                byte[] buffer = new byte[MostBytes];
                return buffer[..file.ReadAtLeast(buffer, MostBytes, throwOnEndOfStream: false)];
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return [];
            }
        }
    }
}
