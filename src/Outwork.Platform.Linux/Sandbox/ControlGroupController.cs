namespace Outwork.Platform.Linux.Sandbox;

/// <summary>Where one controller of control groups can be used.</summary>
/// <param name="Name">memory, cpu or pids.</param>
/// <param name="Version">1: a hierarchy of its own; 2: the common one (cgroups(7)).</param>
/// <param name="Parent">The folder that new groups go into.</param>
public sealed record ControlGroupController(string Name, int Version, string Parent);
