namespace Outwork.Broker.Execution;

/// <summary>What the file is that such a program runs.</summary>
public enum InterpreterKind
{
    /// <summary>A script, which the program reads.</summary>
    Script,

    /// <summary>A program, which the dynamic loader maps.</summary>
    Loader,
}
