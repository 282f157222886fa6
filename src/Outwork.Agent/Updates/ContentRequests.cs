using System.Text.Json;
using Outwork.Content.Packages;
using Outwork.Content.Store;
using Outwork.Contracts.Control;

namespace Outwork.Agent.Updates;

/// <summary>Answers what the control socket asks about content. Any thread.</summary>
/// <param name="store">The state.</param>
/// <param name="updates">Follows the repository.</param>
/// <param name="import">Takes bundles.</param>
/// <param name="news">Told of what the administrator changes.</param>
internal sealed class ContentRequests(ContentStore store, UpdateService updates, BundleImport import, ContentNews news)
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    /// <summary>Answers one request; null when it is not about content.</summary>
    public async Task<ControlResponse?> HandleAsync(ControlRequest request, CancellationToken cancellation)
    {
        switch (request.Operation)
        {
            case ControlOperations.ContentList:
                return new ControlResponse { Ok = true, Contents = List(request.Product) };
            case ControlOperations.ContentImport:
                return updates.Follows ? await import.TakeAsync(request, cancellation) : UpdatesOff();
            case ControlOperations.ContentHistory or ControlOperations.ContentPin or ControlOperations.ContentUnpin or ControlOperations.ContentRollback or ControlOperations.ContentAllow:
                return request.Product is { } product ? Handle(request, product) : Refuse(ControlCodes.BadRequest, $"{request.Operation} needs a product.");
            default:
                return null;
        }
    }

    /// <summary>The answer when no repository is followed.</summary>
    public static ControlResponse UpdatesOff() => Refuse(
        ControlCodes.UpdatesOff,
        "This device follows no repository. Write /etc/outwork/updates.yaml (docs/publish-content.md), or start with --updates FILE; the log says what is wrong with a file that is there, or with the store of content.");

    private IEnumerable<FollowedProduct> Followed => updates.Products.Select(static product => product.Followed).Where(static followed => followed.Target is not null);

    private static ControlResponse Refuse(string code, string error) => new() { Ok = false, Code = code, Error = error };

    private ControlResponse Handle(ControlRequest request, string product)
    {
        if (!Followed.Any(followed => followed.Name == product) && store.StateOf(product).Sequence == 0)
            return Refuse(ControlCodes.NotFound, $"There is no packaged content of {product}, and none is followed. See: outwork content list");
        ProductContentState state = store.StateOf(product);
        switch (request.Operation)
        {
            case ControlOperations.ContentHistory:
                return History(product);
            case ControlOperations.ContentPin:
                return PackageVersion.TryParse(request.Version ?? state[state.InForce]?.Version, out PackageVersion? pinned)
                    ? Done(product, store.Pin(product, pinned), Pinned(product, pinned.ToString()))
                    : Refuse(ControlCodes.BadRequest, request.Version is null ? $"No packaged content of {product} is in force; name the version to pin." : $"'{request.Version}' is no version.");
            case ControlOperations.ContentUnpin:
                return Done(product, store.Unpin(product), $"{product} takes what is published.");
            case ControlOperations.ContentAllow:
                return PackageVersion.TryParse(request.Version, out PackageVersion? allowed)
                    ? Done(product, store.Allow(product, allowed), $"{allowed} may be installed again.")
                    : Refuse(ControlCodes.BadRequest, "content-allow needs the version.");
            default:
                string failed = state[state.InForce]?.Version ?? "";
                return Done(product, store.RollBack(product, request.Reason ?? "the administrator rolled it back"), $"{failed} was taken back and is denied here.");
        }
    }

    // What came of it: the version may be in force by now, wait for its trial, or be nowhere here.
    private string Pinned(string product, string version)
    {
        ProductContentState state = store.StateOf(product);
        if (state[state.InForce]?.Version == version)
            return $"{product} stays at {version}.";
        string how = state.Denied.Any(denied => denied.Version == version) ? $"That version is denied here: outwork content allow {product} {version}"
            : state[ProductContentState.Other(state.InForce)]?.Version == version ? "It is here, and is tried before it is in force."
            : "It is not here, and is taken when the repository offers it; until then nothing else is.";
        return $"{product} takes {version} and no other. {how}";
    }

    private ControlResponse Done(string product, ContentRefusal? refusal, string text)
    {
        ProductUpdates? known = updates.Products.FirstOrDefault(p => p.Followed.Name == product);
        // It holds, and somebody has to finish it.
        if (refusal?.Code == ContentRefusalCode.Unfinished && known is not null)
            updates.Continue(known);
        if (refusal is not null)
            return Refuse(refusal.CodeText, refusal.WithRemedy);
        updates.Reconsider(product);
        // What waits may be wanted now, and no repository may answer for weeks.
        if (known?.Followed.Target is not null)
            updates.Continue(known);
        ProductContentState state = store.StateOf(product);
        string now = state[state.InForce] is { } inForce ? $" In force: {inForce.Version}." : " In force: the administrator's own content.";
        news.Tell(product, "the administrator: " + text + now);
        return new ControlResponse { Ok = true, Text = text + now };
    }

    private ControlResponse History(string product)
    {
        try
        {
            return new ControlResponse
            {
                Ok = true,
                Steps = [.. store.History(product).Select(static e => new ContentStep(e.Sequence, Nanoseconds(e.At), Word(e.Event), e.Version, e.Text))],
            };
        }
        catch (IOException failed)
        {
            return Refuse(ContentRefusal.TextOf(ContentRefusalCode.DiskFailed), $"The history cannot be read: {failed.Message}");
        }
    }

    private ContentStatus[] List(string? only)
    {
        var names = new SortedSet<string>(store.List().Select(static pair => pair.Key).Concat(Followed.Select(static followed => followed.Name)), StringComparer.Ordinal);
        return [.. names.Where(name => only is null || name == only).Select(Describe)];
    }

    private ContentStatus Describe(string product)
    {
        ProductContentState state = store.StateOf(product);
        CheckedProduct check = updates.CheckOf(product);
        var slots = new List<ContentSlotStatus>();
        foreach (ContentSlot slot in Enum.GetValues<ContentSlot>())
        {
            if (state[slot] is { } record)
            {
                slots.Add(new ContentSlotStatus(
                    Word(slot), record.Version, record.Vendor, PhaseOf(record), state.InForce == slot, state.LastKnownGood == slot, Nanoseconds(record.InForceSince ?? record.StagedAt), record.Sha256));
            }
        }

        return new ContentStatus
        {
            Product = product,
            Slots = [.. slots],
            Pin = state.Pin,
            Denied = [.. state.Denied.Select(static d => new DeniedContent(d.Version, d.Reason, Nanoseconds(d.At)))],
            Target = Followed.FirstOrDefault(followed => followed.Name == product)?.Target,
            CheckedUnixNs = check.TimeUnixMs * NanosecondsPerMillisecond,
            LastRefusal = check.Refusal,
        };
    }

    // What failed its trial was never in force, so nothing was rolled back.
    private static string PhaseOf(SlotRecord record) => record is { Phase: SlotPhase.RolledBack, InForceSince: null } ? Word(ContentEvent.Rejected) : Word(record.Phase);

    private static string Word<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    private static long Nanoseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds() * NanosecondsPerMillisecond;
}
