namespace Outwork.Agent.Control;

/// <summary>Counts connections, in all and for each user. Any thread.</summary>
internal sealed class ConnectionLedger(int maximum, int maximumPerUser)
{
    private readonly Dictionary<uint, int> _perUser = [];
    private int _total;

    /// <summary>Enters a connection; false when there are too many.</summary>
    public bool TryEnter(uint user)
    {
        lock (_perUser)
        {
            int mine = _perUser.GetValueOrDefault(user);
            if (_total >= maximum || mine >= maximumPerUser)
                return false;
            _total++;
            _perUser[user] = mine + 1;
            return true;
        }
    }

    /// <summary>Takes it out again.</summary>
    public void Leave(uint user)
    {
        lock (_perUser)
        {
            _total--;
            if (--_perUser[user] == 0)
                _perUser.Remove(user);
        }
    }
}
