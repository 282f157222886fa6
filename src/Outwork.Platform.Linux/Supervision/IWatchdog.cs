namespace Outwork.Platform.Linux.Supervision;

/// <summary>Somebody who takes this process for stuck when it is silent for long.</summary>
public interface IWatchdog
{
    /// <summary>It is not stuck. Opens nothing, allocates nothing, waits for nobody. False when that could not be told. Any thread.</summary>
    bool TellAlive();
}
