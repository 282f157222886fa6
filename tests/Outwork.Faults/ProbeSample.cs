namespace Outwork.Faults;

/// <summary>One operation of the probe.</summary>
/// <param name="Operation">What it did.</param>
/// <param name="Begun">When it began, as <see cref="TimeProvider.GetTimestamp"/> of the system's clock (monotonic, ns).</param>
/// <param name="Took">How long it took.</param>
/// <param name="Outcome">0, an errno, 1000 and a signal, 2000 and an exit code, or 3000: nothing to read.</param>
public readonly record struct ProbeSample(ProbeOperation Operation, long Begun, TimeSpan Took, int Outcome)
{
    private const int PermissionDenied = 1;

    /// <summary>When it ended, on the clock of <see cref="Begun"/>.</summary>
    public long Ended => Begun + (Took.Ticks * TimeSpan.NanosecondsPerTick);

    /// <summary>EPERM: a verdict, or what a rule says on failure.</summary>
    public bool IsRefused => Outcome == PermissionDenied;

    /// <summary>One that a rule denies.</summary>
    public bool IsDenied => Operation is ProbeOperation.DeniedExec or ProbeOperation.DeniedOpen;

    /// <summary>One that a product decides and that is refused when it cannot.</summary>
    public bool IsClosed => Operation is ProbeOperation.AskedClosed or ProbeOperation.Bystander;
}
