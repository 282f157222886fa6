using Outwork.Trust.Authoring;
using Outwork.Trust.Metadata;

namespace Outwork.Cli.Repositories;

/// <summary>Published roles that expire before their owner may look again: devices then take nothing that hangs on them.</summary>
internal static class ExpiryWarnings
{
    // Bins may be thousands, of one day.
    private const int MostRoles = 10;

    // Somebody fetches a key for these; a timer renews the others.
    private static readonly TimeSpan ByHand = TimeSpan.FromDays(14);
    private static readonly TimeSpan ByTimer = TimeSpan.FromDays(1);

    public static string[] Of(RepositoryDraft published, string folder, DateTimeOffset now)
    {
        DraftRole[] soon =
        [
            .. from name in ((string[])[RoleName.Root, RoleName.Timestamp, RoleName.Snapshot]).Concat(published.TargetsRoles())
               let role = published.Find(name)
               where role is not null && role.Expires - now <= ByHand && role.Expires - now <= NoticeOf(published, name)
               select role,
        ];
        return soon.Length <= MostRoles
            ? [.. soon.Select(role => Tell(role, folder, now))]
            : [.. soon.Take(MostRoles).Select(role => Tell(role, folder, now)), $"{soon.Length - MostRoles} more roles expired or expire soon; the table of the roles has when."];
    }

    // A third of its days at most: what is good for days only would always be told of.
    private static TimeSpan NoticeOf(RepositoryDraft published, string role)
    {
        TimeSpan third = TimeSpan.FromDays(published.DaysOf(role)) / 3, most = IsOnline(role) ? ByTimer : ByHand;
        return third < most ? third : most;
    }

    private static bool IsOnline(string role) => role is RoleName.Timestamp or RoleName.Snapshot;

    private static string Tell(DraftRole role, string folder, DateTimeOffset now)
    {
        string when = $"{role.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC";
        string what = role.Expires <= now
            ? $"{role.Name} expired on {when}: devices take {Lost(role.Name)} until it is renewed"
            : $"{role.Name} expires on {when}: from then on devices take {Lost(role.Name)}";
        return IsOnline(role.Name)
            ? $"{what}. Renew it: outwork repo publish --renew --repo {folder} --key FILE"
            : $"{what}. Whoever has its keys renews it: outwork repo sign --renew {role.Name} --repo {folder} --key FILE; then: outwork repo publish --repo {folder} --key FILE";
    }

    private static string Lost(string role) => RoleName.IsTopLevel(role) ? "nothing from this repository" : "none of its files";
}
