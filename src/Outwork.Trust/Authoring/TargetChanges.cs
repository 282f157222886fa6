using System.Text.Json.Nodes;
using Outwork.Trust.Delegation;
using Outwork.Trust.Metadata;

namespace Outwork.Trust.Authoring;

/// <summary>Files come and go.</summary>
public static class TargetChanges
{
    /// <summary>Stages a file in the role that clients would find it in.</summary>
    /// <param name="draft">The repository.</param>
    /// <param name="path">Its path in the repository.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="sha256">Its digest.</param>
    /// <param name="role">The role; null for the one that the delegations lead to.</param>
    /// <param name="now">For the expiry.</param>
    /// <param name="placed">The role it went to.</param>
    public static DraftFault? Add(RepositoryDraft draft, string path, long length, ReadOnlySpan<byte> sha256, string? role, DateTimeOffset now, out string placed)
    {
        placed = role ?? RoleFor(draft, path);
        if (!IsPath(path))
            return new DraftFault(DraftFaultCode.BadPath, $"{path} is no path of a file in a repository", "Use names with / between them, as VENDOR/PRODUCT/FILE; no empty one, no . and no ..");
        if (RoleName.IsTopLevel(placed) && placed != RoleName.Targets || draft.Find(placed) is null)
            return new DraftFault(DraftFaultCode.UnknownRole, $"there is no role {placed} that has files", "See which there are: outwork repo check");
        if (role is not null && !IsReached(draft, path, role, out string? first))
        {
            return first is null
                ? new DraftFault(DraftFaultCode.BadPath, $"no client would look for {path} in the role {role}", "The role's delegation does not cover the path, or a terminating one before it ends the search.")
                : new DraftFault(DraftFaultCode.BadPath, $"the role {first} has {path}, and clients ask it before {role}", "Remove it there first: outwork repo remove");
        }

        DraftRole edited = draft.Edit(placed, now);
        edited.Signed["targets"]![path] = new JsonObject
        {
            ["length"] = length,
            ["hashes"] = new JsonObject { ["sha256"] = Convert.ToHexStringLower(sha256) },
        };
        return null;
    }

    /// <summary>Takes a file out of every role that has it.</summary>
    public static DraftFault? Remove(RepositoryDraft draft, string path, DateTimeOffset now)
    {
        string[] roles = [.. draft.TargetsRoles().Where(role => draft.Find(role)?.Signed["targets"] is JsonObject targets && targets.ContainsKey(path))];
        if (roles.Length == 0)
            return new DraftFault(DraftFaultCode.UnknownTarget, $"no role has a file {path}", "See which there are: outwork repo check");
        foreach (string role in roles)
            draft.Edit(role, now).Signed["targets"]!.AsObject().Remove(path);
        return null;
    }

    /// <summary>
    /// The last role that a search for a path comes to first: the most precise delegation on the first way down, or the one on it that has
    /// the file already, which would hide every later one.
    /// </summary>
    public static string RoleFor(RepositoryDraft draft, string path)
    {
        string role = RoleName.Targets;
        var seen = new HashSet<string>(StringComparer.Ordinal) { role };
        while (!Has(draft, role, path) && NextRoles(draft, role, path).FirstOrDefault() is { } next && draft.Find(next) is not null && seen.Add(next))
            role = next;
        return role;
    }

    // As clients search: what a terminating delegation cuts off is not found, whatever delegates to it.
    private static bool IsReached(RepositoryDraft draft, string path, string wanted, out string? first)
    {
        first = null;
        var order = new SearchOrder(path);
        for (string role = RoleName.Targets; role != wanted;)
        {
            if (Has(draft, role, path))
            {
                first = role;
                return false;
            }

            order.Enter(DelegationsOf(draft, role));
            // Nobody is asked after a role that is not there either: a search ends with it.
            if (!order.TryNext(out DelegatedRole next, out _) || draft.Find(next.Name) is null)
                return false;
            role = next.Name;
        }

        return true;
    }

    private static bool Has(RepositoryDraft draft, string role, string path) => draft.Find(role)?.Signed["targets"] is JsonObject targets && targets.ContainsKey(path);

    private static IEnumerable<string> NextRoles(RepositoryDraft draft, string role, string path) =>
        DelegationsOf(draft, role) is { } delegations ? DelegationMatch.RolesFor(delegations, path, out _).Select(static next => next.Name) : [];

    // The very reader that clients use says what the delegations mean.
    private static Delegations? DelegationsOf(RepositoryDraft draft, string role) =>
        draft.Find(role) is { } found && found.Signed["delegations"] is JsonObject ? MetadataParser.Targets(found.ToBytes(), out _)?.Content.Delegations : null;

    private static bool IsPath(string path) =>
        path.Split('/').All(static segment => segment.Length > 0 && segment is not ("." or "..")) && !path.Any(static character => char.IsControl(character) || character == '\\');
}
