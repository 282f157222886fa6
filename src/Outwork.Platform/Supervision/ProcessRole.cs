namespace Outwork.Platform.Supervision;

/// <summary>What one of Outwork's own processes is.</summary>
public enum ProcessRole : byte
{
    /// <summary>Starts and watches the others.</summary>
    Warden = 1,

    /// <summary>Judges.</summary>
    Broker = 2,

    /// <summary>Serves the control socket, holds the policy, exports.</summary>
    Agent = 3,

    /// <summary>Answers questions.</summary>
    Product = 4,

    /// <summary>Starts the warden again.</summary>
    Keeper = 5,

    /// <summary>Tries content that somebody asked to try, and ends.</summary>
    Trial = 6,
}
