using System.Diagnostics;
using System.IO.MemoryMappedFiles;

namespace Outwork.Faults;

/// <summary>
/// Other people's work: a C program whose processes do real operations on the guarded mount all the while. They write what each cost
/// into memory that is shared with this process, so that nothing that a fault stops stands between. One thread.
/// </summary>
public sealed class WorkProbe : IDisposable
{
    private const int Page = 4096;
    private const int Workers = 4;
    private const int SamplesEach = 1 << 16;
    private const int SampleLength = 24;
    private const long WorkerLength = Page + ((long)SamplesEach * SampleLength);
    private const int VictimOffset = 0;
    private const int PauseOffset = 4;

    private readonly Process _process;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _shared;
    private readonly ulong[] _read = new ulong[Workers];
    private readonly List<ProbeSample> _samples = [];

    private WorkProbe(Process process, MemoryMappedFile file)
    {
        _process = process;
        _file = file;
        _shared = file.CreateViewAccessor();
    }

    /// <summary>The process that its workers are children of.</summary>
    public int Pid => _process.Id;

    /// <summary>Which product the questions of <see cref="ProbeOperation.AskedOpen"/> and AskedClosed go to: guard-1, guard-2 ...</summary>
    public int Victim
    {
        get => _shared.ReadInt32(VictimOffset);
        set => _shared.Write(VictimOffset, value);
    }

    /// <summary>The rest of each worker between two rounds.</summary>
    public TimeSpan Pause
    {
        get => TimeSpan.FromMicroseconds(_shared.ReadInt32(PauseOffset));
        set => _shared.Write(PauseOffset, (int)value.TotalMicroseconds);
    }

    /// <summary>Starts it.</summary>
    /// <param name="programs">Its compiled programs.</param>
    /// <param name="memory">Path of the file to share, which is made.</param>
    /// <param name="directory">The guarded mount, laid out as <see cref="FaultedMachine"/> does.</param>
    public static WorkProbe Start(ProbePrograms programs, string memory, string directory)
    {
        ArgumentNullException.ThrowIfNull(programs);
        using (FileStream made = File.Create(memory))
            made.SetLength(Page + (Workers * WorkerLength));
        var file = MemoryMappedFile.CreateFromFile(memory, FileMode.Open);
        using (MemoryMappedViewAccessor control = file.CreateViewAccessor(0, Page))
        {
            control.Write(VictimOffset, 1);
            control.Write(PauseOffset, 8000);
        }

        Process process = Programs.Start(programs.Probe, memory, directory, programs.Tiny);
        if (process.StandardOutput.ReadLine() != "ready")
            throw new InvalidOperationException($"the probe did not start: {process.StandardError.ReadToEnd()}");
        return new WorkProbe(process, file);
    }

    /// <summary>Now, on the clock of the samples.</summary>
    public static long Now => TimeProvider.System.GetTimestamp();

    /// <summary>What was done in a stretch of time: every operation that ended after its beginning and began before its end.</summary>
    public ProbeWindow Between(long begin, long end)
    {
        Collect();
        return new ProbeWindow(begin, end, [.. _samples.Where(sample => sample.Ended >= begin && sample.Begun <= end)]);
    }

    /// <summary>The operations that have begun and not ended, with how long they have taken so far.</summary>
    public IReadOnlyList<ProbeSample> UnderWay()
    {
        var found = new List<ProbeSample>();
        for (int worker = 0; worker < Workers; worker++)
        {
            long area = Page + (worker * WorkerLength);
            long begun = _shared.ReadInt64(area + 8);
            if (begun != 0)
                found.Add(new ProbeSample((ProbeOperation)_shared.ReadInt32(area + 16), begun, TimeSpan.FromMicroseconds(Math.Max(0, Now - begun) / 1000.0), 0));
        }

        return found;
    }

    /// <summary>Waits until every operation that had begun has ended. Returns false when the time is over before.</summary>
    public bool WaitUntilIdle(TimeSpan limit)
    {
        long now = Now;
        return Waiting.Until(() => UnderWay().All(sample => sample.Begun > now), limit);
    }

    /// <summary>
    /// What shows that not everything judges: for each thing that is denied, or that a product decides, the latest operation came out wrong
    /// or is older than a moment. Empty when all is well.
    /// </summary>
    /// <param name="since">The moment, on the clock of the samples.</param>
    public string Disproof(long since)
    {
        Collect();
        foreach (ProbeOperation operation in Enum.GetValues<ProbeOperation>())
        {
            int index = _samples.FindLastIndex(sample => sample.Operation == operation);
            if (index < 0 || _samples[index].Ended < since)
                return $"nothing of {operation} of late";
            if (_samples[index].IsDenied ? !_samples[index].IsRefused : _samples[index].Outcome != 0)
                return $"{operation} came out with {_samples[index].Outcome}";
        }

        return "";
    }

    /// <summary>Drops what ended before a moment; for those who run for long.</summary>
    public void Forget(long before)
    {
        Collect();
        _samples.RemoveAll(sample => sample.Ended < before);
    }

    /// <summary>Takes over what the workers have written; call it every few minutes at least.</summary>
    public void Collect()
    {
        for (int worker = 0; worker < Workers; worker++)
        {
            long area = Page + (worker * WorkerLength);
            ulong head = _shared.ReadUInt64(area);
            Thread.MemoryBarrier();
            if (head - _read[worker] > SamplesEach / 2)
                throw new InvalidOperationException("samples were not collected in time");
            for (; _read[worker] < head; _read[worker]++)
                _samples.Add(Read(area + Page + ((long)(_read[worker] % SamplesEach) * SampleLength)));
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Its standard input ends, and so does it; what a fault still holds up ends by force.
        _process.StandardInput.Close();
        if (!_process.WaitForExit(TimeSpan.FromSeconds(5)))
            _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _shared.Dispose();
        _file.Dispose();
    }

    private ProbeSample Read(long at) => new(
        (ProbeOperation)_shared.ReadInt32(at + 16), _shared.ReadInt64(at), TimeSpan.FromMicroseconds(_shared.ReadInt64(at + 8) / 1000.0), _shared.ReadInt32(at + 20));
}
