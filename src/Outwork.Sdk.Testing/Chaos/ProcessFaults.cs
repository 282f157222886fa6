using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Outwork.Sdk.Testing.Chaos;

/// <summary>What a process can do to itself and to the machine. Everything that grows is bounded here as well as by the confinement.</summary>
internal sealed class ProcessFaults
{
    private const int LeakedBytes = 64 * 1024;
    private const int MostLeakedMemory = 2000;
    private const int MostLeakedFiles = 600;
    private const int MostLeakedThreads = 80;
    private const int DiskChunk = 1 << 20;
    private const int MostSockets = 40;
    private const string SmallProgram = "cat";
    private const int ProcessesAtOnce = 4;

    private readonly Lock _gate = new();
    private readonly Lock _other = new();
    private readonly List<byte[]> _memory = [];
    private readonly List<SafeFileHandle> _files = [];
    private readonly List<Process> _processes = [];
    private readonly List<Socket> _sockets = [];
    private string _program = SmallProgram;
    private int _mostProcesses = ChaosPlan.MostProcesses;
    private SafeFileHandle? _disk;
    private long _written;
    private int _threads;
    private int _waiting;
    private int _holding;

    /// <summary>An exception on a thread of its own, where no host catches it.</summary>
    public static void Die()
    {
        var thread = new Thread(static () => throw new InvalidOperationException("chaos: dies as planned"));
        thread.Start();
        thread.Join();
    }

    /// <summary>The allocator reads before the address that it is told to free, where nothing is mapped.</summary>
    public static unsafe void CrashInNativeCode() => NativeMemory.Free((void*)0x1000);

    public static int OverflowStack(int depth) => depth < 0 ? 0 : OverflowStack(depth + 1) + OverflowStack(depth + 2);

    /// <summary>Ends when the process's limit is reached, which the program sets: see its runtime configuration.</summary>
    public static void RunOutOfMemory()
    {
        var thread = new Thread(static () =>
        {
            var kept = new List<byte[]>();
            while (true)
            {
                byte[] taken = new byte[1 << 20];
                Array.Fill(taken, (byte)1);
                kept.Add(taken);
            }
        });
        thread.Start();
        thread.Join();
    }

    public static void Loop()
    {
        ulong turns = 0;
        while (Volatile.Read(ref turns) != ulong.MaxValue)
            turns++;
    }

    public static void LoopBeside() => new Thread(Loop) { IsBackground = true, Name = "busy" }.Start();

    /// <summary>Two threads take two locks in opposite order; every later one waits for the first lock.</summary>
    public void Deadlock()
    {
        if (Interlocked.Increment(ref _waiting) == 1)
        {
            new Thread(() => TakeBoth(_other, _gate)) { IsBackground = true }.Start();
            TakeBoth(_gate, _other);
        }

        lock (_gate)
            Thread.CurrentThread.Join();
    }

    public void LeakMemory()
    {
        byte[] kept = new byte[LeakedBytes];
        Array.Fill(kept, (byte)1);
        lock (_gate)
        {
            if (_memory.Count < MostLeakedMemory)
                _memory.Add(kept);
        }
    }

    public void LeakFile()
    {
        lock (_gate)
        {
            if (_files.Count < MostLeakedFiles)
                _files.Add(File.OpenHandle(Environment.ProcessPath!));
        }
    }

    public void LeakThread()
    {
        if (Interlocked.Increment(ref _threads) <= MostLeakedThreads)
            new Thread(static () => Thread.CurrentThread.Join(), maxStackSize: 256 * 1024) { IsBackground = true }.Start();
    }

    public void Fork()
    {
        lock (_gate)
        {
            for (int i = 0; i < ProcessesAtOnce && _processes.Count < _mostProcesses; i++)
            {
                // Reads its standard input, whose other end is ours: it ends when we do.
                string[] arguments = _program == SmallProgram ? [] : [ChaosHost.Idle];
                var start = new ProcessStartInfo(_program, arguments)
                {
                    RedirectStandardInput = true,
                    RedirectStandardOutput = true,
                    UseShellExecute = false,
                };
                try
                {
#pragma warning disable RS0030 // A product that starts processes is what is played here; no launcher of Outwork's takes part.
                    _processes.Add(Process.Start(start)!);
#pragma warning restore RS0030
                }
                catch (System.ComponentModel.Win32Exception) when (start.FileName == SmallProgram)
                {
                    // It may execute nothing but itself, perhaps. That is a whole runtime each: fewer of them.
                    _program = Environment.ProcessPath!;
                    _mostProcesses = ChaosPlan.MostProcesses / 6;
                }
                catch (System.ComponentModel.Win32Exception)
                {
                    return;
                }
            }
        }
    }

    public void OpenSocket()
    {
        lock (_gate)
        {
            if (_sockets.Count >= MostSockets)
                return;
            try
            {
                _sockets.Add(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
            }
            catch (SocketException)
            {
                // Refused, as it must be; it is tried again with the next question.
            }
        }
    }

    public void FillDisk()
    {
        byte[] chunk = new byte[DiskChunk];
        lock (_gate)
        {
            if (_disk is null)
            {
                string path = Path.Join(Path.GetTempPath(), $"chaos-{Environment.ProcessId}");
                _disk = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
                File.Delete(path);
            }

            if (_written >= ChaosPlan.MostDiskBytes)
                return;
            RandomAccess.Write(_disk, chunk, _written);
            _written += chunk.Length;
        }
    }

    private void TakeBoth(Lock first, Lock second)
    {
        lock (first)
        {
            _ = Interlocked.Increment(ref _holding);
            SpinWait.SpinUntil(() => Volatile.Read(ref _holding) == 2);
            lock (second)
                Thread.CurrentThread.Join();
        }
    }
}
