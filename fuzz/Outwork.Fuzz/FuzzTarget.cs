namespace Outwork.Fuzz;

/// <summary>A parser of untrusted bytes.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Corpus">Folders of inputs to begin with, below <c>testassets</c>.</param>
/// <param name="Tokens">Pieces of its language, which mutation inserts.</param>
/// <param name="Run">
/// Parses, checks what must hold of what was accepted, and tells what came of it as a short text. Two inputs with the same outcome took about
/// the same way. It may throw nothing: an exception is what is looked for.
/// </param>
internal sealed record FuzzTarget(string Name, string[] Corpus, string[] Tokens, Func<ReadOnlyMemory<byte>, string> Run)
{
    /// <summary>The folder of inputs that earlier runs found, below <c>testassets</c>.</summary>
    public string Found => "fuzz/found/" + Name;

    /// <summary>The longest input that is made, in bytes.</summary>
    public int LongestInput { get; init; } = 64 * 1024;

    /// <summary>Makes what mutation broke right again, as a checksum or a length would be, so that most inputs come past it.</summary>
    public Func<byte[], byte[]>? Mend { get; init; }
}
