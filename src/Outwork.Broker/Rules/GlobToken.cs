namespace Outwork.Broker.Rules;

/// <summary>What one position of a pattern accepts.</summary>
internal enum GlobOp : byte
{
    /// <summary>One character as it is.</summary>
    Literal,

    /// <summary>One character but not a slash.</summary>
    One,

    /// <summary>One character of the ranges, or none of them; not a slash.</summary>
    Class,

    /// <summary>Any number of characters but slashes.</summary>
    Some,

    /// <summary>Any number of characters.</summary>
    Any,

    /// <summary>Accepts nothing: it and the two tokens behind it, which together are <c>**/</c>, may be passed over.</summary>
    Optional,
}

/// <summary>One position of a pattern. Ranges are pairs of first and last character.</summary>
internal readonly record struct GlobToken(GlobOp Op, char Character = '\0', string Ranges = "", bool Negated = false)
{
    /// <summary>Tokens that <see cref="GlobOp.Optional"/> passes over, itself included.</summary>
    public const int OptionalLength = 3;

    /// <summary>The position behind the character when this token stands at <paramref name="position"/>; negative: it does not accept it.</summary>
    public int Step(char c, int position) => Op switch
    {
        GlobOp.Literal => c == Character ? position + 1 : -1,
        GlobOp.Any => position,
        GlobOp.Some => c != '/' ? position : -1,
        GlobOp.One => c != '/' ? position + 1 : -1,
        GlobOp.Class => c != '/' && InRanges(c) != Negated ? position + 1 : -1,
        _ => -1,
    };

    private bool InRanges(char c)
    {
        for (int i = 0; i < Ranges.Length; i += 2)
        {
            if (c >= Ranges[i] && c <= Ranges[i + 1]) return true;
        }
        return false;
    }
}
