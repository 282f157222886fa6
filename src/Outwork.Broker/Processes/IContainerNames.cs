namespace Outwork.Broker.Processes;

/// <summary>Finds the container of a control group. Never blocks: what is not known yet is found out elsewhere.</summary>
public interface IContainerNames
{
    /// <summary>True when the control group is known; the container is null when it belongs to none.</summary>
    bool TryFind(ulong controlGroupId, out string? containerId);
}
