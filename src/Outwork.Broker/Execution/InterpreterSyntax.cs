using System.Buffers;

namespace Outwork.Broker.Execution;

/// <summary>How one interpreter's command line reads.</summary>
public sealed record InterpreterSyntax
{
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("-.0123456789");

    /// <summary>File names, without directory. A version may follow: <c>python</c> also means <c>python3.11</c>.</summary>
    public required string[] Names { get; init; }

    /// <summary>File names that only begin so, such as loaders with the architecture in their name.</summary>
    public string[] NamePrefixes { get; init; } = [];

    /// <summary>Script or loader.</summary>
    public InterpreterKind Kind { get; init; } = InterpreterKind.Script;

    /// <summary>
    /// For a program that is many in one: the names among them that interpret. Which one it is says the first argument's
    /// file name or, under the program's own name, the word after it.
    /// </summary>
    public string[] Applets { get; init; } = [];

    /// <summary>Whole words whose argument is the next word.</summary>
    public string[] OptionsWithArgument { get; init; } = [];

    /// <summary>
    /// Letters with an argument: the rest of the word or, when the letter is the last of its word, the next word.
    /// </summary>
    public string LettersWithArgument { get; init; } = "";

    /// <summary>Letters with an argument in the next word, whatever stands after them in theirs (<c>-ex</c>, <c>-oe</c>).</summary>
    public string LettersWithNextWord { get; init; } = "";

    /// <summary>Letters whose optional argument is the rest of the word and never the next word.</summary>
    public string LettersWithRest { get; init; } = "";

    /// <summary>Whole words after which no file runs: the code is given inline, or a module by its name.</summary>
    public string[] InlineOptions { get; init; } = [];

    /// <summary>Letters of that kind.</summary>
    public string InlineLetters { get; init; } = "";

    /// <summary>Whole words whose argument is the file that runs.</summary>
    public string[] ScriptOptions { get; init; } = [];

    /// <summary>True when options also begin with a plus sign.</summary>
    public bool PlusOptions { get; init; }

    /// <summary>True when only words that begin with two dashes are options.</summary>
    public bool LongOptionsOnly { get; init; }

    /// <summary>True when a single dash ends the options; otherwise it means standard input.</summary>
    public bool DashEndsOptions { get; init; }

    /// <summary>True when the file name, without directory, names this interpreter.</summary>
    public bool Matches(ReadOnlySpan<char> fileName)
    {
        foreach (string name in Names)
        {
            if (fileName.StartsWith(name, StringComparison.Ordinal) && !fileName[name.Length..].ContainsAnyExcept(VersionCharacters))
                return true;
        }
        foreach (string prefix in NamePrefixes)
        {
            if (fileName.StartsWith(prefix, StringComparison.Ordinal))
                return true;
        }
        return false;
    }
}
