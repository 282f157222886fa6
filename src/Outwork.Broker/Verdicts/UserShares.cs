namespace Outwork.Broker.Verdicts;

/// <summary>
/// Who may have how many of a number of places: one user three quarters, and all users together seven eighths, since one may have many
/// user ids. The superuser may have them all.
/// </summary>
/// <param name="Places">All there are.</param>
public readonly record struct UserShares(int Places)
{
    /// <summary>The most that one user other than the superuser may have.</summary>
    public int MostOfOne => Math.Max(1, Places * 3 / 4);

    /// <summary>The most that all users but the superuser may have together.</summary>
    public int MostOfAll => Math.Max(1, Places * 7 / 8);

    /// <summary>True when a user may have one more.</summary>
    /// <param name="user">0 is the superuser.</param>
    /// <param name="ofUser">How many that user has.</param>
    /// <param name="ofUsers">How many all have but the superuser.</param>
    public bool Allow(uint user, int ofUser, int ofUsers) => user == 0 || (ofUser < MostOfOne && ofUsers < MostOfAll);
}
