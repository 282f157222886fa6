using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using System.Text;
using System.Threading.Channels;
using Microsoft.Win32.SafeHandles;
using Outwork.Platform.Linux.Processes;
using Outwork.Platform.Supervision;

namespace Outwork.Warden.Observation;

/// <summary>
/// Reads products' logs and answers what they are refused, on a thread of its own: whatever a product does to this thread, or
/// whoever reads our standard error, the thread that guards does not notice. It opens files in /proc; others it looks up (O_PATH),
/// which nobody judges.
/// </summary>
internal sealed class ProductObserver : IDisposable
{
    private static readonly TimeSpan LastWords = TimeSpan.FromMilliseconds(300);

    private readonly TimeProvider _time;
    private readonly WakeUp _wake = new();
    private readonly Lock _lock = new();
    private readonly List<(ProductLog Log, RefusedCalls? Calls)> _new = [];
    private readonly Dictionary<string, LogBudget> _budgets = new(StringComparer.Ordinal);
    private readonly List<ProductLog> _logs = [];
    private readonly List<RefusedCalls> _calls = [];

    // Under the lock: what the broker may answer too, and whether it was told.
    private readonly List<(RefusedCalls Calls, bool Told)> _heard = [];
    private readonly DescriptorPoll _poll = new();
    private readonly Thread _thread;
    private readonly WakeUp _attempted = new();

    // More than the kinds of calls that are refused, several times over: each is told seldom.
    private readonly Channel<RefusedAttemptCommand> _attempts = Channel.CreateBounded<RefusedAttemptCommand>(256);
    private volatile bool _stopping;

    public ProductObserver(TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Run, 256 * 1024) { IsBackground = true, Name = "products" };
        _thread.Start();
    }

    /// <summary>Takes over both ends of a product's new process; any thread.</summary>
    public void Observe(string name, uint user, SafeFileHandle log, SafeFileHandle reporter) =>
        Add(name, log, new RefusedCalls(name, user, reporter, _time, Hears, Tell));

    /// <summary>Takes over what the agent says; any thread.</summary>
    public void Observe(string name, SafeFileHandle log) => Add(name, log, calls: null);

    private void Add(string name, SafeFileHandle log, RefusedCalls? calls)
    {
        lock (_lock)
        {
            if (!_budgets.TryGetValue(name, out LogBudget? budget))
                _budgets.Add(name, budget = new LogBudget(_time));
            _new.Add((new ProductLog(name, log, budget, _time, Write), calls));
        }

        _wake.Raise();
    }

    /// <summary>Readable when <see cref="TryTakeAttempt"/> or <see cref="TellCalls"/> has something.</summary>
    public SafeHandle AttemptHandle => _attempted.Handle;

    /// <summary>Takes the next refused attempt to tell the broker of; one thread.</summary>
    public bool TryTakeAttempt([NotNullWhen(true)] out RefusedAttemptCommand? attempt)
    {
        if (_attempts.Reader.TryRead(out attempt))
            return true;
        _attempted.Clear();
        return _attempts.Reader.TryRead(out attempt);
    }

    /// <summary>Sends a broker what lets it answer products' calls while this process stands still; one thread.</summary>
    /// <param name="isNew">Whether it was sent nothing so far.</param>
    /// <param name="send">Sends a copy.</param>
    public void TellCalls(bool isNew, Action<ProductCallsCommand, SafeHandle> send)
    {
        lock (_lock)
        {
            for (int i = 0; i < _heard.Count; i++)
            {
                (RefusedCalls calls, bool told) = _heard[i];
                if (told && !isNew)
                    continue;
                send(calls.Described, calls.Handle);
                _heard[i] = (calls, true);
            }
        }
    }

    /// <summary>Waits shortly for the last words of products that have ended.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Raise();
        if (_thread.Join(LastWords))
            _wake.Dispose();
    }

    private void Run()
    {
        while (!_stopping)
        {
            _poll.Clear();
            _ = _poll.Add(_wake.Handle);
            TimeSpan? timeout = null;
            foreach (ProductLog log in _logs)
                timeout = Earlier(timeout, AddUnlessPaused(log.Handle, log.Pause) ?? log.UntilReport);
            foreach (RefusedCalls calls in _calls)
                timeout = Earlier(timeout, AddUnlessPaused(calls.Handle, calls.Pause));
            _poll.Wait(timeout);
            TakeNew();
            Serve();
        }

        // What was said before the end is in the pipes already.
        foreach (ProductLog log in _logs)
            log.Read();
    }

    private TimeSpan? AddUnlessPaused(SafeFileHandle handle, TimeSpan pause)
    {
        if (pause > TimeSpan.Zero)
            return pause;
        _ = _poll.Add(handle);
        return null;
    }

    private static TimeSpan? Earlier(TimeSpan? first, TimeSpan? second) => second is null || first < second ? first : second;

    private void TakeNew()
    {
        if (!_poll.IsReady(0))
            return;
        _wake.Clear();
        lock (_lock)
        {
            foreach ((ProductLog log, RefusedCalls? calls) in _new)
            {
                _logs.Add(log);
                if (calls is not null)
                    _calls.Add(calls);
            }

            _new.Clear();
        }
    }

    // None of them waits, so all may be tried whatever it was that woke us.
    private void Serve()
    {
        for (int i = _logs.Count - 1; i >= 0; i--)
        {
            _logs[i].BeginWindow();
            _logs[i].Read();
            if (!_logs[i].Ended)
                continue;
            _logs[i].Dispose();
            _logs.RemoveAt(i);
        }

        for (int i = _calls.Count - 1; i >= 0; i--)
        {
            _calls[i].Answer();
            if (!_calls[i].Ended)
                continue;
            lock (_lock)
                _ = _heard.RemoveAll(heard => heard.Calls == _calls[i]);
            _calls[i].Dispose();
            _calls.RemoveAt(i);
        }
    }

    private void Hears(RefusedCalls calls)
    {
        lock (_lock)
            _heard.Add((calls, Told: false));
        _attempted.Raise();
    }

    // The link with the broker belongs to the thread that guards. What does not fit is in the log.
    private void Tell(RefusedAttemptCommand attempt)
    {
        string times = attempt.Times == 1 ? "" : $", {attempt.Times} times by now";
        string target = attempt.Target.Length == 0 ? "" : $" of {attempt.Target}";
        Write($"outwork-warden: {attempt.Name} was REFUSED {attempt.Call}{target} in process {attempt.ProcessId}{times}");
        if (_attempts.Writer.TryWrite(attempt))
            _attempted.Raise();
    }

    // When nobody reads there is nobody to tell.
    private static void Write(string line) => StandardStreams.TryWrite(StandardStreams.Error, Encoding.UTF8.GetBytes(line + "\n"));
}
