using System.Text;

namespace Outwork.Content.Trials;

/// <summary>Why content on trial does not come into force. The names are part of the interface: docs/trial.md.</summary>
public enum TrialRefusal : byte
{
    /// <summary>Nothing speaks against it.</summary>
    None = 0,

    /// <summary>There was no trial: the request was none. Says nothing about the content.</summary>
    NotTried,

    /// <summary>The trial was broken off: whoever asked for it went away. Says nothing about the content.</summary>
    Abandoned,

    /// <summary>The product did not start. Says nothing about the content.</summary>
    NotStarted,

    /// <summary>The product ended by itself.</summary>
    Crashed,

    /// <summary>The product took no questions in time.</summary>
    NotReady,

    /// <summary>The product refused the content.</summary>
    ContentRefused,

    /// <summary>The product put no content in force.</summary>
    ContentNotLoaded,

    /// <summary>The product broke the protocol.</summary>
    ProtocolBroken,

    /// <summary>A file on which the machine depends was denied.</summary>
    ProtectedDenied,

    /// <summary>Too many files were denied that were allowed until now.</summary>
    NewlyDenied,

    /// <summary>Too many files could not be judged that were judged until now.</summary>
    NotJudged,

    /// <summary>Too many deadlines were missed.</summary>
    DeadlinesMissed,

    /// <summary>The recorded questions took too long together.</summary>
    TooSlow,

    /// <summary>The product took too much memory.</summary>
    MemoryGrown,

    /// <summary>The product says of itself that it fails.</summary>
    Failing,

    /// <summary>Too few live questions came. Says nothing about the content.</summary>
    TooFewEvents,
}

/// <summary>What a refusal is called and means.</summary>
public static class TrialRefusals
{
    /// <summary>The code as it is told to programs: <c>trial-protected-denied</c>.</summary>
    public static string CodeOf(TrialRefusal refusal)
    {
        var text = new StringBuilder("trial");
        foreach (char c in refusal.ToString())
        {
            if (char.IsAsciiLetterUpper(c))
                text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    /// <summary>False when it says nothing about the content, which may be tried again.</summary>
    public static bool BlamesContent(TrialRefusal refusal) =>
        refusal is not (TrialRefusal.None or TrialRefusal.NotTried or TrialRefusal.Abandoned or TrialRefusal.NotStarted or TrialRefusal.TooFewEvents);

    /// <summary>What somebody does about it.</summary>
    public static string RemedyOf(TrialRefusal refusal) => refusal switch
    {
        TrialRefusal.None => "Nothing needs to be done.",
        TrialRefusal.NotTried => "Correct the request; the content may be tried then.",
        TrialRefusal.Abandoned => "The content may be tried again.",
        TrialRefusal.TooFewEvents => "Ask for fewer live questions, or try it where more happens; the content may be tried again.",
        TrialRefusal.NotStarted => "See why the product does not start (outwork status, the log); the content may be tried then.",
        TrialRefusal.ContentRefused or TrialRefusal.ContentNotLoaded =>
            "Tell the vendor, who checks content with the product's own parser before it is published. What was in force stays in force.",
        TrialRefusal.ProtectedDenied => "Tell the vendor; no limit lets content deny such files. What was in force stays in force.",
        TrialRefusal.NewlyDenied =>
            "Tell the vendor if the files are harmless. To let content deny as many, raise the limit (newlyDenied, or userFiles for files that users may write). What was in force stays in force.",
        _ => "Tell the vendor, with this record. What was in force stays in force, and this version is not tried again by itself.",
    };
}
