namespace Outwork.Broker.Execution;

/// <summary>Which programs run other files given as arguments, and how their command lines read. Data of the platform.</summary>
/// <param name="Programs">Every such program; the first whose name matches counts.</param>
public sealed record InterpreterTable(InterpreterSyntax[] Programs)
{
    /// <summary>The entry for a program's path, or null. Allocates nothing; cache the answer per program where it is hot.</summary>
    public InterpreterSyntax? Find(ReadOnlySpan<char> executable)
    {
        ReadOnlySpan<char> name = executable[(executable.LastIndexOf('/') + 1)..];
        foreach (InterpreterSyntax program in Programs)
        {
            if (program.Matches(name))
                return program;
        }
        return null;
    }
}
