using System.Numerics;
using Outwork.Contracts.Control;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// Counts latencies in buckets of powers of two microseconds, each split in four, so that a percentile is within 25 %.
/// One writer; readers may see a count that is one event behind.
/// </summary>
public sealed class LatencyHistogram(string stage)
{
    private const int SubBits = 2;
    private readonly ulong[] _fine = new ulong[40 << SubBits];
    private ulong _count;
    private double _max;

    /// <summary>Adds one latency, in ns.</summary>
    public void Add(long nanoseconds)
    {
        ulong quarterMicros = (ulong)Math.Max(nanoseconds, 0) / 250;
        _fine[IndexOf(quarterMicros)]++;
        _count++;
        double micros = nanoseconds / 1_000.0;
        if (micros > _max) _max = micros;
    }

    /// <summary>An immutable view.</summary>
    public LatencyStatus Snapshot()
    {
        ulong count = Volatile.Read(ref _count);
        var powers = new ulong[32];
        for (int i = 0; i < _fine.Length; i++)
        {
            double upper = UpperMicros(i);
            int power = upper <= 1 ? 0 : Math.Min((int)Math.Ceiling(Math.Log2(upper)), powers.Length - 1);
            powers[power] += _fine[i];
        }
        int last = Array.FindLastIndex(powers, static b => b != 0);
        return new LatencyStatus(stage, count, Percentile(count, 0.50), Percentile(count, 0.99), Math.Round(_max, 1), powers[..(last + 1)]);
    }

    private double Percentile(ulong count, double p)
    {
        ulong rank = (ulong)Math.Ceiling(count * p), seen = 0;
        for (int i = 0; i < _fine.Length && count != 0; i++)
        {
            seen += _fine[i];
            if (seen >= rank) return UpperMicros(i);
        }
        return 0;
    }

    // A quarter-microsecond value v lands in bucket (exponent, two bits below the leading one), as HdrHistogram does.
    private int IndexOf(ulong v)
    {
        if (v < 1 << SubBits) return (int)v;
        int exponent = BitOperations.Log2(v);
        int sub = (int)(v >> (exponent - SubBits)) & ((1 << SubBits) - 1);
        return Math.Min(((exponent - SubBits + 1) << SubBits) + sub, _fine.Length - 1);
    }

    private static double UpperMicros(int index)
    {
        if (index < 1 << SubBits) return (index + 1) / 4.0;
        int exponent = (index >> SubBits) + SubBits - 1, sub = index & ((1 << SubBits) - 1);
        return Math.ScaleB(1 << SubBits | sub, exponent - SubBits) / 4.0 + Math.ScaleB(1, exponent - SubBits) / 4.0;
    }
}
