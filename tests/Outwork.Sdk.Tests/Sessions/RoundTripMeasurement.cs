using System.Diagnostics;
using Outwork.Contracts.Wire;
using Outwork.Platform.Linux.Sessions;
using Outwork.Sdk.Tests.Processes;

namespace Outwork.Sdk.Tests.Sessions;

/// <summary>Prints microseconds from question to reply; run with <c>-explicit only -method "*RoundTrip*" -showLiveOutput on</c>.</summary>
public sealed class RoundTripMeasurement(ITestOutputHelper output)
{
    private const int Questions = 4_000;

    [Fact(Explicit = true)]
    public void RoundTrip_between_two_processes()
    {
        var (brokerEnd, productEnd) = SessionSockets.CreatePair();
        using var broker = new TestBroker(brokerEnd);
        using var product = SpawnedProduct.Start([BuiltPrograms.AnswerAtOnce], productEnd);
        broker.WaitForSubscription();
        foreach (int pauseUs in (int[])[0, 300, 1000])
        {
            foreach (int spinUs in (int[])[0, 40, 200])
                Measure(broker, pauseUs, spinUs);
        }

        Assert.Equal(0, broker.Malformed);
    }

    private void Measure(TestBroker broker, int pauseUs, int spinUs)
    {
        byte[] buffer = new byte[FrameLimits.MaxReplyFrame];
        double[] samples = new double[Questions];
        var question = TestBroker.Exec("/usr/bin/true", TimeSpan.FromMinutes(5));
        for (int i = 0; i < Questions; i++)
        {
            Pause(pauseUs);
            long started = Stopwatch.GetTimestamp();
            broker.Post(question);
            while (broker.Endpoint.TryReadReply(buffer, out _) != RingReadStatus.Frame)
            {
                if (Stopwatch.GetElapsedTime(started).TotalMicroseconds >= spinUs)
                    broker.Sleep(milliseconds: 100);
                else
                    Thread.SpinWait(8);
            }

            samples[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        Array.Sort(samples);
        output.WriteLine($"pause {pauseUs,5} us, broker spins {spinUs,4} us: p50 {samples[Questions / 2]:f1} us, p99 {samples[Questions * 99 / 100]:f1} us");
    }

    private static void Pause(int microseconds)
    {
        // Sleeps as a workload would: with nothing to do on this processor.
        if (microseconds == 0)
            return;
        unsafe
        {
            _ = Outwork.Platform.Linux.Interop.poll(null, 0, Math.Max(microseconds / 1000, 0));
        }

        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started).TotalMicroseconds < microseconds)
            Thread.SpinWait(8);
    }
}
