namespace Outwork.Fuzz;

/// <summary>Inputs worth changing further: the corpus, and one of each outcome that was not seen before.</summary>
internal sealed class InputPool(Random random)
{
    /// <summary>Outcomes hold texts that depend on the input; a parser that repeats it in its faults must not fill the memory.</summary>
    private const int Most = 20_000;

    private readonly List<byte[]> _inputs = [];
    private readonly HashSet<string> _outcomes = new(StringComparer.Ordinal);

    /// <summary>Different outcomes so far.</summary>
    public int Outcomes => _outcomes.Count;

    /// <summary>Any of them; the latest found more often, since what is new leads to what is newer.</summary>
    public byte[] Pick() => random.Next(3) == 0 ? _inputs[^random.Next(1, Math.Min(_inputs.Count, 64) + 1)] : _inputs[random.Next(_inputs.Count)];

    /// <summary>Takes an input of the corpus, whatever its outcome.</summary>
    public void AddSeed(byte[] input, string outcome)
    {
        _inputs.Add(input);
        _ = _outcomes.Add(outcome);
    }

    /// <summary>True, and taken, when nothing came of this before.</summary>
    public bool Offer(byte[] input, string outcome)
    {
        if (_outcomes.Count >= Most || !_outcomes.Add(outcome))
            return false;
        _inputs.Add(input);
        return true;
    }
}
