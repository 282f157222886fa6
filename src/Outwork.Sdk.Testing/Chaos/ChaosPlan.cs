using System.Globalization;

namespace Outwork.Sdk.Testing.Chaos;

/// <summary>What a chaos product does, and when it begins.</summary>
/// <param name="Behavior">What.</param>
/// <param name="AfterEvents">Events that it handles well before.</param>
public sealed record ChaosPlan(ChaosBehavior Behavior, int AfterEvents = ChaosPlan.DefaultEvents)
{
    /// <summary>Good events before the fault, unless the plan says otherwise.</summary>
    public const int DefaultEvents = 10;

    /// <summary>The most processes that <see cref="ChaosBehavior.ForksWithoutEnd"/> has at a time.</summary>
    public const int MostProcesses = 48;

    /// <summary>The most bytes that <see cref="ChaosBehavior.FillsDisk"/> writes.</summary>
    public const long MostDiskBytes = 64L << 20;

    /// <summary>The file in the content directory that holds the plan: the one thing that a product is given in every way in which it is started.</summary>
    public const string FileName = "chaos.txt";

    /// <summary>Reads <c>Behavior</c> or <c>Behavior N</c>, as in the file.</summary>
    /// <returns>Null when it is neither.</returns>
    public static ChaosPlan? Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] words = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length is 0 or > 2 || !char.IsAsciiLetter(words[0][0]) || !Enum.TryParse(words[0], out ChaosBehavior behavior))
            return null;
        int events = DefaultEvents;
        return words.Length == 2 && !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out events)
            ? null
            : new ChaosPlan(behavior, events);
    }

    /// <summary>The plan of a content directory; null when there is none that can be read.</summary>
    public static ChaosPlan? Load(string directory)
    {
        try
        {
            return Parse(File.ReadAllText(Path.Join(directory, FileName)));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Behavior} {AfterEvents}");
}
