using Outwork.Contracts.Events;

namespace Outwork.Broker.Execution;

/// <summary>Finds the file that an interpreter runs in its arguments.</summary>
internal static class CommandLine
{
    private enum Letters
    {
        Complete,
        TakeNextWord,
        Inline,
    }

    public static InterpreterFacts Read(string[] arguments, bool truncated, InterpreterSyntax syntax)
    {
        ExecVia via = syntax.Kind == InterpreterKind.Loader ? ExecVia.Loader : ExecVia.Script;
        InterpreterFacts none = new(via, -1, "");
        // The last word of a cut list may be a part only.
        int whole = truncated ? arguments.Length - 1 : arguments.Length;
        int first = 1;
        if (syntax.Applets.Length > 0 && !FindApplet(arguments, whole, syntax, ref first))
            return InterpreterFacts.None;
        for (int i = first; i < whole; i++)
        {
            string word = arguments[i];
            if (word == "--" || (word == "-" && syntax.DashEndsOptions))
                return i + 1 < whole ? new InterpreterFacts(via, i + 1, arguments[i + 1]) : none;
            if (word == "-")
                return none;
            if (!IsOption(word, syntax))
                return new InterpreterFacts(via, i, word);
            if (syntax.ScriptOptions.Contains(word))
                return i + 1 < whole ? new InterpreterFacts(via, i + 1, arguments[i + 1]) : none;
            if (IsInline(word, syntax))
                return none;
            if (syntax.OptionsWithArgument.Contains(word))
            {
                i++;
                continue;
            }
            if (word.StartsWith("--", StringComparison.Ordinal))
                continue;
            switch (ReadLetters(word.AsSpan(1), syntax))
            {
                case Letters.Inline:
                    return none;
                case Letters.TakeNextWord:
                    i++;
                    break;
            }
        }
        return none;
    }

    private static bool FindApplet(string[] arguments, int whole, InterpreterSyntax syntax, ref int first)
    {
        if (whole == 0)
            return false;
        ReadOnlySpan<char> name = arguments[0];
        name = name[(name.LastIndexOf('/') + 1)..].TrimStart('-');
        if (syntax.Matches(name) && whole > 1)
        {
            name = arguments[1];
            first = 2;
        }
        foreach (string applet in syntax.Applets)
        {
            if (name.SequenceEqual(applet))
                return true;
        }
        return false;
    }

    private static bool IsOption(string word, InterpreterSyntax syntax) =>
        syntax.LongOptionsOnly ? word.StartsWith("--", StringComparison.Ordinal)
        : word.Length > 1 && (word[0] == '-' || (syntax.PlusOptions && word[0] == '+'));

    private static bool IsInline(string word, InterpreterSyntax syntax)
    {
        int value = word.IndexOf('=');
        return syntax.InlineOptions.Contains(value < 0 ? word : word[..value]);
    }

    private static Letters ReadLetters(ReadOnlySpan<char> letters, InterpreterSyntax syntax)
    {
        Letters result = Letters.Complete;
        for (int i = 0; i < letters.Length; i++)
        {
            char letter = letters[i];
            if (syntax.InlineLetters.Contains(letter))
                return Letters.Inline;
            if (syntax.LettersWithRest.Contains(letter))
                break;
            if (syntax.LettersWithArgument.Contains(letter))
                return i == letters.Length - 1 ? Letters.TakeNextWord : result;
            if (syntax.LettersWithNextWord.Contains(letter))
                result = Letters.TakeNextWord;
        }
        return result;
    }
}
