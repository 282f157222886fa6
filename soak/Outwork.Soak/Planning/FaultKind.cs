namespace Outwork.Soak.Planning;

/// <summary>What is done to Outwork. The names are those of the report; the numbers mean nothing.</summary>
internal enum FaultKind
{
    /// <summary>SIGKILL to the product.</summary>
    KillProduct,

    /// <summary>SIGKILL to the agent.</summary>
    KillAgent,

    /// <summary>SIGKILL to the broker.</summary>
    KillBroker,

    /// <summary>SIGKILL to the warden.</summary>
    KillWarden,

    /// <summary>SIGKILL to all products and the agent at once.</summary>
    KillSeveral,

    /// <summary>SIGSTOP to the product, SIGCONT after the duration.</summary>
    StopProduct,

    /// <summary>SIGSTOP to the agent, SIGCONT after the duration.</summary>
    StopAgent,

    /// <summary>SIGSTOP to the broker; it is for the warden to end it.</summary>
    StopBroker,

    /// <summary>SIGSTOP to the broker, SIGCONT before the warden would end it.</summary>
    PauseBroker,

    /// <summary>SIGSTOP to the warden, SIGCONT after the duration.</summary>
    StopWarden,

    /// <summary>Twice as many busy processes as there are processors.</summary>
    StarveProcessor,

    /// <summary>The product's control group gets a twentieth of a processor.</summary>
    StarveProductProcessor,

    /// <summary>The product's control group gets no memory beyond what it has.</summary>
    StarveProductMemory,

    /// <summary>The product may open no further descriptor.</summary>
    StarveProductDescriptors,

    /// <summary>The agent may open no further descriptor.</summary>
    StarveAgentDescriptors,

    /// <summary>The agent may map no further memory.</summary>
    StarveAgentMemory,

    /// <summary>The product's content gets a rule that does not compile.</summary>
    SpoilContent,

    /// <summary>The second product begins to misbehave, in the way the plan says.</summary>
    Chaos,
}
