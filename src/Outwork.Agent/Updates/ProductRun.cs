namespace Outwork.Agent.Updates;

/// <summary>One product's work, at most once at a time; who wakes it while it works has it look again afterwards. Any thread.</summary>
/// <param name="work">Works until there is nothing to do.</param>
internal sealed class ProductRun(Func<CancellationToken, Task> work)
{
    private readonly Lock _gate = new();
    private CancellationTokenSource? _current;
    private bool _again;

    /// <summary>The work; completed when there is none.</summary>
    public Task Task { get; private set; } = Task.CompletedTask;

    /// <summary>Has it work.</summary>
    /// <param name="isOvertaken">What it is at is for nothing by now: it is broken off.</param>
    /// <param name="ended">Ends it for good.</param>
    public void Wake(bool isOvertaken, CancellationToken ended)
    {
        lock (_gate)
        {
            if (_current is null)
            {
                _current = CancellationTokenSource.CreateLinkedTokenSource(ended);
                Task = Task.Run(() => RunAsync(ended), CancellationToken.None);
                return;
            }

            // What waits for the token goes on elsewhere, and not in here.
            _again = true;
            if (isOvertaken)
                _ = _current.CancelAsync();
        }
    }

    private async Task RunAsync(CancellationToken ended)
    {
        do
        {
            try
            {
                await work(_current!.Token);
            }
            catch (OperationCanceledException)
            {
                // Overtaken; or the agent ends, and it goes on after the next start.
            }
            catch
            {
                End();
                throw;
            }
        }
        while (IsWanted(ended));
    }

    private void End()
    {
        lock (_gate)
        {
            _current!.Dispose();
            _current = null;
        }
    }

    private bool IsWanted(CancellationToken ended)
    {
        lock (_gate)
        {
            bool again = _again && !ended.IsCancellationRequested;
            _again = false;
            _current!.Dispose();
            _current = again ? CancellationTokenSource.CreateLinkedTokenSource(ended) : null;
            return again;
        }
    }
}
