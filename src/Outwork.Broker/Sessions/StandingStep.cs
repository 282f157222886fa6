namespace Outwork.Broker.Sessions;

/// <summary>What changed in a product's standing.</summary>
public enum StandingStep
{
    /// <summary>Nothing that anybody need be told.</summary>
    None,

    /// <summary>It used up its budget: it is told, and no longer asked.</summary>
    Demoted,

    /// <summary>It answered a shadow question in time.</summary>
    TrialPassed,

    /// <summary>It did not answer a shadow question, or not in time.</summary>
    TrialFailed,

    /// <summary>It has answered enough of them and is asked again.</summary>
    Returned,
}
