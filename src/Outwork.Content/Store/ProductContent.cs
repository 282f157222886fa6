using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>
/// The content of one product: its state, and how that is changed. The state's file is the truth; the link to the slot in force follows it, and
/// what a power cut left behind is put right by <see cref="Recover"/>.
/// </summary>
/// <remarks>Not thread-safe: the store's lock is held.</remarks>
internal sealed class ProductContent(IContentFiles files, string product, ContentStoreOptions options, TimeProvider time)
{
    // A product's own words can be in it.
    private const int LongestText = 1_000;

    private readonly ContentHistoryFile _history = new(files, new ContentPaths(product), options.HistoryBytes);

    public string Product => product;

    public ContentPaths Paths { get; } = new(product);

    public ProductContentState State { get; private set; } = new();

    /// <summary>A step ended in the middle: what is on the disk must be looked at before anything else.</summary>
    public bool IsUncertain { get; private set; }

    public long DiskBytes => (State.A?.DiskBytes ?? 0) + (State.B?.DiskBytes ?? 0);

    public DateTimeOffset Now => time.GetUtcNow();

    public IReadOnlyList<ContentHistoryEntry> History => _history.Read();

    /// <summary>Reads what is on the disk and puts right what is not as it must be.</summary>
    public void Recover()
    {
        IsUncertain = true;
        IReadOnlyList<ContentHistoryEntry> history = _history.Read();
        State = new ProductContentRecovery(files, Paths).Load(history, Now, out string? fault);
        if (fault is not null)
            Step(State, ContentEvent.Repaired, State[State.InForce], fault);
        else if (State.Last is { } last && (history.Count == 0 || history[^1].Sequence < last.Sequence))
            _history.Add(last);
        SetCurrent();
        new ProductContentRecovery(files, Paths).Clean(State);
        IsUncertain = false;
    }

    /// <summary>Makes the folder of a product that there was nothing of.</summary>
    public void EnsureFolder()
    {
        if (files.KindOf(Paths.Folder) == ContentEntryKind.Folder)
            return;
        files.CreateFolder(Paths.Folder);
        files.SynchronizeFolder("");
    }

    /// <summary>One transition: after it returns it holds through a power cut, and before it began nothing had changed.</summary>
    public void Step(ProductContentState next, ContentEvent what, SlotRecord? about, string text)
    {
        long sequence = State.Sequence + 1;
        var entry = new ContentHistoryEntry(sequence, Now, what, about?.Version ?? "", about?.Sha256 ?? "", text.Length > LongestText ? text[..LongestText] : text);
        Save(next with { Sequence = sequence, Last = entry });
        IsUncertain = true;
        SetCurrent();
        _history.Add(entry);
        IsUncertain = false;
    }

    /// <summary>Forgets what is in a slot and clears it; it is not in force.</summary>
    public void Clear(ContentSlot slot)
    {
        if (State.InForce == slot)
            throw new InvalidOperationException($"{product}: slot {slot} is in force.");
        // First: nobody may take a slot that is being cleared for whole.
        if (State[slot] is not null)
            Save(State.With(slot, null));
        SlotFolder.Clear(files, Paths, slot);
    }

    /// <summary>Lets a slot be in force that was before; what is in force now is denied when there is a reason.</summary>
    public void Return(ProductContentState state, ContentSlot? to, ContentEvent what, string? deniedBecause, string text)
    {
        ContentSlot from = state.InForce!.Value;
        SlotRecord failed = state[from]!;
        SlotPhase phase = deniedBecause is not null ? SlotPhase.RolledBack : failed.Phase == SlotPhase.OnTrial ? SlotPhase.Tried : SlotPhase.Retired;
        ProductContentState next = state.With(from, failed with { Phase = phase }) with { InForce = to, LastKnownGood = to };
        if (to is { } slot)
            next = next.With(slot, next[slot]! with { Phase = SlotPhase.Committed, InForceSince = Now });
        if (deniedBecause is not null)
            next = next.Deny(failed, deniedBecause, Now);
        Step(next, what, failed, text);
    }

    public ContentRefusal Refuse(ContentRefusalCode code, string what, string? version = null) =>
        new(code, version is null ? product : $"{product} {version}", what);

    /// <summary>The manifest of what is in a slot.</summary>
    public PackageManifest? ManifestOf(ContentSlot slot) => State[slot] is { } record ? SlotFolder.ReadManifest(files, Paths, slot, record.ManifestSha256) : null;

    private void Save(ProductContentState next)
    {
        if (next.Fault() is { } fault)
            throw new InvalidOperationException($"{product}: {fault}.");
        IsUncertain = true;
        files.Replace(Paths.State, ProductStateCodec.Write(next));
        State = next;
        IsUncertain = false;
    }

    private void SetCurrent()
    {
        string? target = State.InForce is { } slot ? ContentPaths.NameOf(slot) : null;
        ContentEntryKind there = files.KindOf(Paths.Current);
        if (there is not (ContentEntryKind.None or ContentEntryKind.Link))
            files.DeleteAll(Paths.Current);
        string? led = there == ContentEntryKind.Link ? files.ReadLink(Paths.Current) : null;
        if (led != target)
            files.ReplaceLink(Paths.Current, target);
    }
}
