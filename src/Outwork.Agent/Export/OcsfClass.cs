namespace Outwork.Agent.Export;

/// <summary>An event class of OCSF.</summary>
/// <param name="Uid">class_uid; its thousands are the category.</param>
/// <param name="Name">class_name.</param>
internal sealed record OcsfClass(int Uid, string Name)
{
    /// <summary>For what has no class of its own.</summary>
    public static readonly OcsfClass BaseEvent = new(0, "Base Event");

    /// <summary>A process acts on a file.</summary>
    public static readonly OcsfClass FileActivity = new(1001, "File System Activity");

    /// <summary>A process begins or ends.</summary>
    public static readonly OcsfClass ProcessActivity = new(1007, "Process Activity");

    /// <summary>An application is changed.</summary>
    public static readonly OcsfClass ApplicationLifecycle = new(6002, "Application Lifecycle");
}

/// <summary>Values of severity_id.</summary>
internal enum OcsfSeverity
{
    /// <summary>Nothing to do.</summary>
    Informational = 1,

    /// <summary>Worth a look.</summary>
    Low = 2,

    /// <summary>Needs a look.</summary>
    Medium = 3,

    /// <summary>Needs an answer.</summary>
    High = 4,
}
