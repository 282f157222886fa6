namespace Outwork.Contracts.Policy;

/// <summary>Knows the users of this machine by name. Implementations are safe to call from any thread.</summary>
public interface IUserDirectory
{
    /// <summary>The id of a user; null when there is no such user.</summary>
    uint? FindUserId(string name);
}
