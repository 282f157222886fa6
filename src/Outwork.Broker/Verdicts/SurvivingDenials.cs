using Outwork.Broker.Sessions;
using Outwork.Contracts.Events;

namespace Outwork.Broker.Verdicts;

/// <summary>
/// Denials that an earlier broker remembered. One counts while the policy is the same and no product that judged it has other
/// content now; a product that is not back yet does not undo what it said. Reactor thread only.
/// </summary>
internal sealed class SurvivingDenials(SessionRegistry sessions)
{
    private readonly Dictionary<(ulong Device, ulong Inode), RememberedDenial> _denials = [];

    /// <summary>How many there are.</summary>
    public int Count => _denials.Count;

    public void Load(IEnumerable<RememberedDenial> denials)
    {
        foreach (var denial in denials) _denials[(denial.Identity.Device, denial.Identity.Inode)] = denial;
    }

    public void Clear() => _denials.Clear();

    public void Forget(ulong device, ulong inode) => _denials.Remove((device, inode));

    /// <summary>Finds the denial of this very content, if it counts. One that does not is dropped.</summary>
    public bool TryFind(in FileIdentity identity, ulong policyPrint, out RememberedDenial denial)
    {
        if (!_denials.TryGetValue((identity.Device, identity.Inode), out denial!)) return false;
        // It stays when it counts: a product that comes back makes the cache forget, and must not make this forgotten with it.
        if (denial.Identity == identity && denial.PolicyPrint == policyPrint && policyPrint != 0 && HasSameJudges(denial)) return true;
        _denials.Remove((identity.Device, identity.Inode));
        return false;
    }

    private bool HasSameJudges(RememberedDenial denial)
    {
        foreach (var judge in denial.Judges)
        {
            foreach (var session in sessions.All)
            {
                if (session.IsSubscribed && session.Name == judge.Product && session.ContentPrint != judge.Print) return false;
            }
        }
        return true;
    }
}
