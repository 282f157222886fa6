using System.Diagnostics;

namespace Outwork.Bench.Running;

/// <summary>
/// Something that answers permission events while it is measured. It runs below the keeper (workloads/keeper.c), which
/// ends it and all its descendants when this process ends, however that happens, and after a time limit in any case:
/// nothing stays behind that the machine could wait for.
/// </summary>
internal sealed class KeptProcess : IAsyncDisposable
{
    private static readonly TimeSpan UsualLimit = TimeSpan.FromMinutes(5);

    private readonly Process keeper;
    private readonly Lock gate = new();
    private readonly List<string> output = [];
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private KeptProcess(Process keeper)
    {
        this.keeper = keeper;
        keeper.OutputDataReceived += (_, line) => Add(line.Data);
        keeper.ErrorDataReceived += (_, line) => Add(line.Data);
        keeper.EnableRaisingEvents = true;
        keeper.Exited += (_, _) => ended.TrySetResult();
        keeper.BeginOutputReadLine();
        keeper.BeginErrorReadLine();
    }

    /// <summary>Pid of the keeper; what it keeps are its descendants.</summary>
    public int KeeperPid => keeper.Id;

    /// <summary>Starts a command below the keeper, for five minutes at most.</summary>
    public static KeptProcess Start(string keeperPath, string program, params IEnumerable<string> arguments) =>
        Start(keeperPath, UsualLimit, program, arguments);

    /// <summary>Starts a command below the keeper, for <paramref name="limit"/> at most.</summary>
    public static KeptProcess Start(string keeperPath, TimeSpan limit, string program, params IEnumerable<string> arguments) =>
        new(Command.Start(keeperPath, [((int)limit.TotalSeconds).ToString(), program, .. arguments]));

    /// <summary>Waits for a line of its output that starts with <paramref name="prefix"/>.</summary>
    /// <exception cref="BenchFailedException">It ended or the time passed; the message holds what it printed.</exception>
    public async Task WaitForLineAsync(string prefix, TimeSpan timeout, CancellationToken cancel)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limited.CancelAfter(timeout);
        for (;;)
        {
            Task next;
            lock (gate)
            {
                if (output.Exists(line => line.StartsWith(prefix, StringComparison.Ordinal)))
                    return;
                next = arrived.Task;
            }
            if (ended.Task.IsCompleted || limited.IsCancellationRequested)
            {
                cancel.ThrowIfCancellationRequested();
                throw new BenchFailedException($"no line \"{prefix}\" within {timeout.TotalSeconds:0} s; printed: {Printed()}");
            }
            try
            {
                await Task.WhenAny(next, ended.Task).WaitAsync(limited.Token);
            }
            catch (OperationCanceledException)
            {
                continue;
            }
        }
    }

    /// <summary>Everything printed so far.</summary>
    public string Printed()
    {
        lock (gate)
            return string.Join('\n', output);
    }

    /// <summary>Closes the keeper's standard input, which ends what it keeps, and waits until all of it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync(CancellationToken.None);
        keeper.Dispose();
    }

    private void Add(string? line)
    {
        if (line is null)
            return;
        TaskCompletionSource previous;
        lock (gate)
        {
            output.Add(line);
            previous = arrived;
            arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        previous.TrySetResult();
    }
}
