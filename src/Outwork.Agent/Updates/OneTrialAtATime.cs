using Outwork.Agent.Recording;
using Outwork.Content.Trials;

namespace Outwork.Agent.Updates;

/// <summary>Several products may have content to try; there is one stream to the process that tries it.</summary>
internal sealed class OneTrialAtATime(ITrialClient trials) : ITrialClient, IDisposable
{
    private readonly SemaphoreSlim _one = new(1, 1);

    /// <inheritdoc/>
    public async Task<TrialReport> TryAsync(TrialMessage request, QuestionRing recording, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            return await trials.TryAsync(request, recording, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();
}
