using System.Globalization;
using Outwork.Agent.Broker;
using Outwork.Contracts.Control;
using Outwork.Platform.Linux;
using Outwork.Platform.Linux.Storage;

namespace Outwork.Agent.Policy;

/// <summary>
/// Brings policies into force, one at a time: read, prepared on the disk, accepted by the broker, kept. Whatever refuses, what was
/// in force stays in force and what was kept stays kept.
/// </summary>
/// <param name="store">Where the policy last applied is kept.</param>
/// <param name="broker">Judges by it.</param>
/// <param name="read">Reads the text.</param>
/// <param name="counters">Where unusable policies are counted.</param>
/// <param name="report">Gets a sentence for the log about each policy that could not be used at start.</param>
/// <param name="time">Measures how long an unreadable file is tried.</param>
internal sealed class PolicyApplication(
    PolicyStore store, IBrokerLink broker, PolicyReadFunction read, AgentCounters counters, Action<string> report, TimeProvider time) : IDisposable
{
    // Descriptors or memory may be short for a moment. Longer than that, the next policy is better than none.
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReadPause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _applying = new(1, 1);
    private volatile InForce? _inForce;
    private bool _isSubstitute;

    /// <summary>The policy in force, for policy-show.</summary>
    public ControlResponse Show() => _inForce is { } policy
        ? new ControlResponse { Ok = true, PolicyText = policy.Policy.Text, PolicyGeneration = policy.Generation, PolicySource = policy.Policy.Source }
        : new ControlResponse { Ok = false, Code = ControlCodes.NotFound, Error = "No policy is in force yet." };

    /// <summary>
    /// Brings the first usable policy into force: the one that was in force before the broker restarted, the one last applied, then the
    /// given files. A broker that does not answer makes no policy unusable.
    /// </summary>
    /// <param name="files">Paths and what people know them as, in order.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<PolicyStart> StartAsync(IEnumerable<(string Path, string Source)> files, CancellationToken cancellation)
    {
        await _applying.WaitAsync(cancellation);
        try
        {
            return await StartFirstAsync(files, cancellation);
        }
        finally
        {
            _applying.Release();
        }
    }

    private async Task<PolicyStart> StartFirstAsync(IEnumerable<(string Path, string Source)> files, CancellationToken cancellation)
    {
        if (_inForce is { } before && !_isSubstitute && await TryAsync(before.Policy, before.Reading, cancellation) is { } again and not PolicyStart.NoneUsable)
            return again;
        var candidates = new List<Func<PolicyText?>> { store.Load };
        candidates.AddRange(files.Select(file => (Func<PolicyText?>)(() => new PolicyText(File.ReadAllText(file.Path), file.Source))));
        bool isUnread = false;
        foreach (Func<PolicyText?> load in candidates)
        {
            (PolicyText? policy, bool wasRead) = await LoadAsync(load, cancellation);
            isUnread |= !wasRead;
            if (policy is null)
                continue;
            PolicyStart start = await TryAsync(policy, read(policy.Text, policy.Source), cancellation);
            if (start == PolicyStart.NoneUsable)
                continue;
            _isSubstitute = isUnread;
            return start;
        }

        return _inForce is { } last && _isSubstitute ? await TryAsync(last.Policy, last.Reading, cancellation) : PolicyStart.NoneUsable;
    }

    private async Task<PolicyStart> TryAsync(PolicyText policy, PolicyReading reading, CancellationToken cancellation)
    {
        ControlResponse response = reading.Document is null ? Invalid(reading) : await SendAsync(policy, reading, cancellation);
        if (response.Ok)
        {
            _inForce = new InForce(policy, reading, response.PolicyGeneration);
            return PolicyStart.InForce;
        }

        if (response.Code == ControlCodes.BrokerUnavailable)
        {
            report($"The policy {policy.Source} is not in force yet: {response.Error}");
            return PolicyStart.BrokerUnavailable;
        }

        Fallback($"The policy {policy.Source} is not used: {Describe(response, policy.Source)}");
        return PolicyStart.NoneUsable;
    }

    /// <summary>Brings another policy into force and keeps it.</summary>
    public async Task<ControlResponse> ApplyAsync(PolicyText policy, CancellationToken cancellation)
    {
        PolicyReading reading = read(policy.Text, policy.Source);
        if (reading.Document is null)
            return Invalid(reading);
        await _applying.WaitAsync(cancellation);
        try
        {
            using DurableFile prepared = store.Prepare(policy.Text);
            // From here on to the end, whatever happens to the peer that asked.
            ControlResponse response = await SendAsync(policy, reading, CancellationToken.None);
            if (!response.Ok)
                return response;
            InForce? before = _inForce;
            _inForce = new InForce(policy, reading, response.PolicyGeneration);
            _isSubstitute = false;
            return await KeepAsync(prepared, response, before);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            return NotStored(refused);
        }
        finally
        {
            _applying.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _applying.Dispose();

    private static ControlResponse Invalid(PolicyReading reading) => new()
    {
        Ok = false,
        Code = ControlCodes.PolicyInvalid,
        Error = "The policy has faults; the one in force is unchanged.",
        Faults = reading.Faults,
    };

    private static ControlResponse NotStored(Exception refused) => new()
    {
        Ok = false,
        Code = ControlCodes.PolicyNotStored,
        Error = $"The policy could not be kept on the disk ({refused.Message}); the one in force is unchanged. Make room and apply it again.",
    };

    private static string Describe(ControlResponse response, string source)
    {
        if (response.Faults is not { Length: > 0 } faults)
            return response.Error ?? "refused";
        PolicyFault first = faults[0];
        string more = faults.Length == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" (and {faults.Length - 1} more)");
        return string.Create(CultureInfo.InvariantCulture, $"{source}:{first.Line}:{first.Column}: {first.Message}{more}");
    }

    // Null, and true, when there is none.
    private async Task<(PolicyText? Policy, bool WasRead)> LoadAsync(Func<PolicyText?> load, CancellationToken cancellation)
    {
        long begun = time.GetTimestamp();
        while (true)
        {
            try
            {
                return (load(), true);
            }
            catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
            {
                if (unreadable is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException || time.GetElapsedTime(begun) >= ReadPatience)
                {
                    Fallback($"A policy cannot be read: {unreadable.Message}");
                    return (null, false);
                }
            }

            await Task.Delay(ReadPause, time, cancellation);
        }
    }

    private void Fallback(string sentence)
    {
        counters.Add(AgentCounter.PolicyFallback);
        report(sentence);
    }

    private Task<ControlResponse> SendAsync(PolicyText policy, PolicyReading reading, CancellationToken cancellation) =>
        broker.SendAsync(
            new ControlRequest { Operation = ControlOperations.PolicyApply, Policy = reading.Document, PolicySource = policy.Source },
            cancellation);

    private async Task<ControlResponse> KeepAsync(DurableFile prepared, ControlResponse accepted, InForce? before)
    {
        try
        {
            prepared.Commit();
            return new ControlResponse { Ok = true, PolicyGeneration = accepted.PolicyGeneration, NotSubscribed = accepted.NotSubscribed };
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException or LinuxException)
        {
            // Rare: the disk failed between preparing and renaming. A policy that a restart would forget is not left in force.
            if (before is not null && (await SendAsync(before.Policy, before.Reading, CancellationToken.None)) is { Ok: true } restored)
                _inForce = before with { Generation = restored.PolicyGeneration };
            return NotStored(refused);
        }
    }

    private sealed record InForce(PolicyText Policy, PolicyReading Reading, ulong Generation);
}
