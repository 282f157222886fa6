namespace Outwork.EndToEnd.Tests;

/// <summary>Runs one program that must run and one that must not, again and again, and counts every answer that is wrong.</summary>
internal sealed class Prober : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Thread _thread;
    private readonly string _allowed;
    private readonly string _denied;
    private int _rounds;
    private int _ran;
    private int _refused;
    private long _longestMs;

    public Prober(string allowed, string denied)
    {
        (_allowed, _denied) = (allowed, denied);
        _thread = new Thread(Run) { IsBackground = true };
        _thread.Start();
    }

    public int Rounds => Volatile.Read(ref _rounds);

    /// <summary>How often the program ran that must not.</summary>
    public int Ran => Volatile.Read(ref _ran);

    /// <summary>How often the program was refused that must run.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>The longest start of the program that must run.</summary>
    public long LongestMs => Volatile.Read(ref _longestMs);

    /// <summary>Ends it; the counts are final then.</summary>
    public void Stop()
    {
        _stop.Cancel();
        _thread.Join();
    }

    public void Dispose()
    {
        Stop();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.IsCancellationRequested)
        {
            long started = Environment.TickCount64;
            if (!Starts(_allowed))
                Interlocked.Increment(ref _refused);
            Volatile.Write(ref _longestMs, Math.Max(_longestMs, Environment.TickCount64 - started));
            if (Starts(_denied))
                Interlocked.Increment(ref _ran);
            Interlocked.Increment(ref _rounds);
        }
    }

    public static bool Starts(string program)
    {
        try
        {
            return TestProcess.Run(program).ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }
}
