using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Outwork.Cli;

/// <summary>What arguments and options of one kind refuse before a command sees them.</summary>
internal static class SymbolRules
{
    /// <summary>For what names a file or a folder: nothing is called by an empty name.</summary>
    public static Option<T> NotEmpty<T>(this Option<T> option)
    {
        option.Validators.Add(result => Check(result, option.Name));
        return option;
    }

    /// <summary>The same for an argument.</summary>
    public static Argument<T> NotEmpty<T>(this Argument<T> argument)
    {
        argument.Validators.Add(result => Check(result, argument.Name));
        return argument;
    }

    /// <summary>For a number that has a least value.</summary>
    public static Option<T> AtLeast<T>(this Option<T> option, int least)
    {
        option.Validators.Add(result =>
        {
            // What is no number at all is the library's to tell.
            if (result.Tokens is [var token] && int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number < least)
                result.AddError($"{option.Name} takes a number from {least} on.");
        });
        return option;
    }

    /// <summary>True when the option stands on the command line, and is not there by its default alone.</summary>
    public static bool IsGiven(this CommandResult result, Option option) => result.GetResult(option) is { Implicit: false };

    private static void Check(SymbolResult result, string name)
    {
        if (result.Tokens.Any(static token => token.Value.Length == 0))
            result.AddError($"{name} takes a path, which is never empty.");
    }
}
