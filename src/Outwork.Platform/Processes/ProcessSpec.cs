using System.Runtime.InteropServices;

namespace Outwork.Platform.Processes;

/// <summary>One process to start: everything it gets from its parent is listed here, nothing else is inherited.</summary>
public sealed record ProcessSpec
{
    /// <summary>Absolute path of the program.</summary>
    public required string Program { get; init; }

    /// <summary>Arguments after the program's own name.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>The whole environment.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Environment { get; init; } = [];

    /// <summary>
    /// The descriptors of the child. Standard input is the null device and standard output and error are the parent's,
    /// unless they are listed; every other descriptor is closed.
    /// </summary>
    public IReadOnlyList<InheritedDescriptor> Descriptors { get; init; } = [];
}

/// <summary>One descriptor that a child inherits.</summary>
/// <param name="Handle">The parent's handle; the parent keeps it.</param>
/// <param name="Number">Its number in the child, 0 to 63.</param>
public readonly record struct InheritedDescriptor(SafeHandle Handle, int Number);
