using Outwork.Sdk.Testing.Chaos;

namespace Outwork.Soak.Planning;

/// <summary>
/// What happens in a soak: the same for the same seed and pace. Faults are drawn as cards from a shuffled deck that holds each kind once,
/// so every part of a run has the same mixture, and a run that is long enough for one deck has every kind. A fault that ends the broker
/// and would come too soon after the last such one waits for its turn.
/// </summary>
internal static class SoakPlanner
{
    /// <summary>
    /// The ways in which the second product misbehaves: all that a product can do wrong to others. To deny everything is no fault but its verdict.
    /// </summary>
    public static IReadOnlyList<ChaosBehavior> Behaviors { get; } =
    [
        .. Enum.GetValues<ChaosBehavior>().Except(
            [ChaosBehavior.Behaves, ChaosBehavior.DeniesEverything, ChaosBehavior.AcceptsBrokenContent, ChaosBehavior.DiesOfBrokenContent]),
    ];

    /// <summary>The steps of a run, one after the other until its time is over.</summary>
    public static List<PlannedFault> Plan(int seed, TimeSpan length, SoakPace pace)
    {
        // Not for secrets: the same seed has to give the same plan.
        var random = new Random(seed);
        var kinds = new Deck<FaultKind>(FaultTraits.Kinds, random);
        var behaviors = new Deck<ChaosBehavior>(Behaviors, random);
        var steps = new List<PlannedFault>();
        List<FaultKind> waiting = [];
        TimeSpan at = TimeSpan.Zero, lastBroker = -pace.BrokerSpacing;
        while (true)
        {
            TimeSpan pause = Between(random, pace.ShortestPause, pace.LongestPause);
            at += pause;
            if (at >= length)
                return steps;
            bool brokerMayEnd = at - lastBroker >= pace.BrokerSpacing;
            FaultKind kind;
            if (brokerMayEnd && waiting.Count > 0)
            {
                kind = waiting[0];
                waiting.RemoveAt(0);
            }
            else
            {
                while (FaultTraits.Of(kind = kinds.Draw()).EndsBroker && !brokerMayEnd)
                    waiting.Add(kind);
            }

            FaultTraits traits = FaultTraits.Of(kind);
            TimeSpan longest = traits.Longest < pace.LongestDuration ? traits.Longest : pace.LongestDuration;
            TimeSpan duration = Between(random, traits.Shortest < longest ? traits.Shortest : longest, longest);
            if (traits.EndsBroker)
                lastBroker = at;
            steps.Add(new PlannedFault(steps.Count + 1, at, pause, kind, duration, kind == FaultKind.Chaos ? behaviors.Draw() : null));
            at += duration;
        }
    }

    // In steps of 10 ms.
    private static TimeSpan Between(Random random, TimeSpan shortest, TimeSpan longest) =>
        TimeSpan.FromMilliseconds(10 * random.Next((int)(shortest.TotalMilliseconds / 10), (int)(longest.TotalMilliseconds / 10) + 1));

    private sealed class Deck<T>(IReadOnlyList<T> cards, Random random)
    {
        private readonly Queue<T> left = new();

        public T Draw()
        {
            if (left.Count == 0)
            {
                T[] shuffled = [.. cards];
                random.Shuffle(shuffled);
                foreach (T card in shuffled)
                    left.Enqueue(card);
            }
            return left.Dequeue();
        }
    }
}
