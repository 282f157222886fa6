using System.Globalization;
using Outwork.Soak.Judging;

namespace Outwork.Soak.Reports;

/// <summary>Says how far the soak is: on a terminal one line that is drawn again, elsewhere a line a minute. Any thread.</summary>
/// <param name="output">Where to.</param>
/// <param name="isTerminal">Whether a line can be drawn again.</param>
/// <param name="clock">The soak's clock.</param>
internal sealed class ProgressLine(TextWriter output, bool isTerminal, SoakClock clock)
{
    private const int Width = 118;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan EveryMinute = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private bool isDrawn;

    /// <summary>Says it until cancelled.</summary>
    public async Task RunAsync(Func<string> state, CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(isTerminal ? Redraw : EveryMinute, clock.Time);
        while (await timer.WaitForNextTickAsync(cancel))
            Draw(state());
    }

    /// <summary>A line that stays.</summary>
    public void Say(string text)
    {
        lock (gate)
        {
            Wipe();
            output.WriteLine(text);
        }
    }

    /// <summary>The state, as progress has it.</summary>
    public static string Describe(TimeSpan elapsed, TimeSpan length, int faults, FaultWindow? latest, TimeSpan longest, int violations) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Minutes(elapsed)} of {Minutes(length)}  {faults} faults  longest wait {longest.TotalMilliseconds:0} ms  {violations} violations  {(latest is { Over: null } ? latest.Fault : "")}");

    private static string Minutes(TimeSpan span) => string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalMinutes}:{span.Seconds:00}");

    private void Draw(string text)
    {
        lock (gate)
        {
            if (!isTerminal)
            {
                output.WriteLine(text.TrimEnd());
                return;
            }
            Wipe();
            output.Write(text.Length > Width ? text[..Width] : text);
            isDrawn = true;
        }
    }

    private void Wipe()
    {
        if (!isDrawn)
            return;
        output.Write("\r" + new string(' ', Width) + "\r");
        isDrawn = false;
    }
}
