namespace Outwork.Platform.Processes;

/// <summary>Starts processes.</summary>
public interface IProcessLauncher
{
    /// <summary>
    /// Starts a process in a session of its own. The caller owns the result. The child may be told to end when the
    /// starting <em>thread</em> ends, so call this from a thread that lives as long as the child should.
    /// </summary>
    LaunchResult Start(ProcessSpec spec);
}

/// <summary>A started process, or why it could not be started (missing, not executable, refused by policy).</summary>
public readonly record struct LaunchResult(LaunchedProcess? Process, string? Refusal);
