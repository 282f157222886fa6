using Outwork.Trust.Keys;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Delegation;

/// <summary>
/// Whom to ask for a path (specification 5.6.7): depth first and in order, each role once, and after a terminating delegation only those
/// that it leads to. Clients search by it, and owners place files by it.
/// </summary>
/// <remarks>Not thread-safe. Begins with nobody: the top-level targets are asked first, and their delegations entered.</remarks>
internal sealed class SearchOrder(string path)
{
    private readonly Stack<(DelegatedRole Role, IReadOnlyDictionary<string, TrustKey> Known)> _open = new();
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    /// <summary>How many roles were asked.</summary>
    public int Asked => _asked.Count;

    /// <summary>The role that was asked last does not have the path: whom it delegates to come next.</summary>
    public void Enter(Delegations? delegations)
    {
        if (delegations is null)
            return;
        List<DelegatedRole> matching = DelegationMatch.RolesFor(delegations, path, out bool endsSearch);
        if (endsSearch)
            _open.Clear();
        // The first of them is to be asked first, before its siblings and whatever was open.
        for (int i = matching.Count - 1; i >= 0; i--)
            _open.Push((matching[i], delegations.Keys));
    }

    /// <summary>The next role to ask; false when there is none left.</summary>
    /// <param name="role">The role, with the keys of who delegates to it here.</param>
    /// <param name="known">Keys by name.</param>
    public bool TryNext(out DelegatedRole role, out IReadOnlyDictionary<string, TrustKey> known)
    {
        while (_open.TryPop(out var next))
        {
            if (!_asked.Add(next.Role.Name))
                continue;
            (role, known) = next;
            return true;
        }

        (role, known) = (null!, null!);
        return false;
    }
}
