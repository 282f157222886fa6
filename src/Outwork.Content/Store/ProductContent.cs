using Outwork.Content.Packages;

namespace Outwork.Content.Store;

/// <summary>
/// The content of one product: its state, and how that is changed. The state's file is the truth; the link to the slot in force follows it, and
/// what a power cut or a failure of the disk left behind is put right by <see cref="Do"/> before anything else.
/// </summary>
/// <remarks>Whoever changes it holds <see cref="Gate"/>; <see cref="State"/> may be read without.</remarks>
internal sealed class ProductContent(IContentFiles files, string product, ContentStoreOptions options, TimeProvider time)
{
    // A product's own words can be in it.
    private const int LongestText = 2_048;

    private readonly ContentHistoryFile _history = new(files, new ContentPaths(product), options.HistoryBytes);
    private volatile ProductContentState _state = new();

    // What is on the disk is not known: it must be looked at before anything else.
    private bool _isUncertain;

    // The step that holds and that the link or the history does not follow yet.
    private ContentHistoryEntry? _unfinished;

    public string Product => product;

    public ContentPaths Paths { get; } = new(product);

    /// <summary>Held for a whole step; the store's own is taken inside of it, never around it.</summary>
    public Lock Gate { get; } = new();

    public ProductContentState State
    {
        get => _state;
        private set => _state = value;
    }

    /// <summary>There is nothing of it, and never was.</summary>
    public bool IsNothing => State.Sequence == 0 && !_isUncertain;

    /// <summary>Bytes that are kept for what is being unpacked, together with what is in force; 0 for none. Under the store's lock.</summary>
    public long ReservedBytes { get; set; }

    /// <summary>The store has dropped it: whoever waited for it asks again. Under <see cref="Gate"/>.</summary>
    public bool IsForgotten { get; set; }

    public DateTimeOffset Now => time.GetUtcNow();

    public IReadOnlyList<ContentHistoryEntry> History => _history.Read();

    /// <summary>Finishes what was begun, then acts; without an act that is all. What the disk does is a refusal.</summary>
    /// <param name="act">May throw what <see cref="IContentFiles"/> throws.</param>
    /// <param name="isNew">There may be nothing of it yet.</param>
    public ContentRefusal? Do(Func<ProductContent, ContentRefusal?>? act, bool isNew)
    {
        bool begun = act is null;
        try
        {
            Settle();
            if (act is null)
                return null;
            begun = true;
            return IsNothing && !isNew ? Refuse(ContentRefusalCode.NothingThere, "there is no content of such a product") : act(this);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            if (_unfinished is null)
                return Refuse(ContentRefusalCode.DiskFailed, failed.Message);
            return begun
                ? Refuse(ContentRefusalCode.Unfinished, $"the step is decided and not finished: {failed.Message}")
                : Refuse(ContentRefusalCode.DiskFailed, $"the step before is not finished: {failed.Message}");
        }
    }

    /// <summary>Reads what is on the disk and puts right what is not as it must be.</summary>
    public void Recover()
    {
        _isUncertain = true;
        // What a step left that failed may be there and not be on the disk: it is, before it is relied on.
        if (files.KindOf(Paths.Folder) == ContentEntryKind.Folder)
            files.SynchronizeFolder(Paths.Folder);
        IReadOnlyList<ContentHistoryEntry> history = _history.Read();
        var recovery = new ProductContentRecovery(files, Paths);
        ProductContentState found = recovery.Load(history, Now, out string? fault);
        ProductContentState? late = LateTrial(found);
        State = late ?? found;
        if (fault is not null)
        {
            Step(State, ContentEvent.Repaired, State[State.InForce], fault);
        }
        else
        {
            if (late is not null)
                Save(late);
            SetCurrent();
            if (State.Last is { } last && (history.Count == 0 || history[^1].Sequence < last.Sequence))
                _history.Add(last);
        }

        recovery.Clean(State);
        (_isUncertain, _unfinished) = (false, null);
    }

    /// <summary>Makes the folder of a product that there was nothing of.</summary>
    public void EnsureFolder()
    {
        if (files.KindOf(Paths.Folder) == ContentEntryKind.Folder)
            return;
        files.CreateFolder(Paths.Folder);
        files.SynchronizeFolder("");
    }

    /// <summary>A step about what is or was in a slot.</summary>
    public void Step(ProductContentState next, ContentEvent what, SlotRecord? about, string text) => Step(next, what, about?.Version ?? "", about?.Sha256 ?? "", text);

    /// <summary>
    /// One transition: after it returns it holds through a power cut, and before it began nothing had changed. When it throws after
    /// the state was written, it holds as well, and the next <see cref="Do"/> begins with what is left.
    /// </summary>
    public void Step(ProductContentState next, ContentEvent what, string version, string sha256, string text)
    {
        long sequence = State.Sequence + 1;
        var entry = new ContentHistoryEntry(sequence, Now, what, version, sha256, BoundedText.Cut(text, LongestText));
        Save(next with { Sequence = sequence, Last = entry });
        _unfinished = entry;
        Finish();
    }

    /// <summary>Forgets what is in a slot, which is not in force, and clears whatever no state tells of.</summary>
    public void Clear(ContentSlot slot)
    {
        if (State.InForce == slot)
            throw new InvalidOperationException($"{product}: slot {slot} is in force.");
        // First: nobody may take a slot that is being cleared for whole.
        if (State[slot] is not null)
            Save(State.With(slot, null));
        new ProductContentRecovery(files, Paths).Clean(State);
    }

    /// <summary>Lets a slot be in force that was before, or none; what is in force now is denied when there is a reason.</summary>
    public void Return(ProductContentState state, ContentSlot? to, ContentEvent what, string? deniedBecause, string text)
    {
        ContentSlot from = state.InForce!.Value;
        SlotRecord failed = state[from]!;
        // What made way without a fault is tried anew before it comes again: by then the product may be another.
        SlotPhase phase = deniedBecause is not null ? SlotPhase.RolledBack : failed.Phase == SlotPhase.OnTrial ? SlotPhase.Staged : SlotPhase.Retired;
        // With nothing in force there is one slot that is taken: what waits in the other is of more use than what failed.
        SlotRecord? kept = to is null && state[ProductContentState.Other(from)] is not null ? null : failed with { Phase = phase, Tries = phase == SlotPhase.Staged ? 0 : failed.Tries };
        ProductContentState next = state.With(from, kept) with { InForce = to, LastKnownGood = to };
        if (to is { } slot)
            next = next.With(slot, next[slot]! with { Phase = SlotPhase.Committed, InForceSince = Now });
        if (deniedBecause is not null)
            next = next.Deny(failed, deniedBecause, Now);
        Step(next, what, what == ContentEvent.Pinned ? next[to] : failed, text);
    }

    public ContentRefusal Refuse(ContentRefusalCode code, string what, string? version = null) =>
        new(code, version is null ? product : $"{product} {version}", what);

    /// <summary>The manifest of what is in a slot.</summary>
    public PackageManifest? ManifestOf(ContentSlot slot) => State[slot] is { } record ? SlotFolder.ReadManifest(files, Paths, slot, record.ManifestSha256) : null;

    private void Settle()
    {
        if (_isUncertain)
        {
            Recover();
        }
        else if (_unfinished is not null)
        {
            // The link may have been turned without being on the disk.
            files.SynchronizeFolder(Paths.Folder);
            if (LateTrial(State) is { } late)
                Save(late);
            Finish();
        }
    }

    private void Save(ProductContentState next)
    {
        if (next.Fault() is { } fault)
            throw new InvalidOperationException($"{product}: {fault}.");
        bool before = _isUncertain;
        _isUncertain = true;
        files.Replace(Paths.State, ProductStateCodec.Write(next));
        State = next;
        _isUncertain = before;
    }

    private void Finish()
    {
        SetCurrent();
        _history.Add(_unfinished!);
        _unfinished = null;
    }

    // What is on trial proves itself from when it is led to: when that is now, after a failure or a power cut, its time begins now.
    private ProductContentState? LateTrial(ProductContentState state) =>
        state.InForce is { } slot && state[slot] is { Phase: SlotPhase.OnTrial } record && LedTo() != ContentPaths.NameOf(slot)
            ? state.With(slot, record with { InForceSince = Now }) : null;

    private string? LedTo() => files.KindOf(Paths.Current) == ContentEntryKind.Link ? files.ReadLink(Paths.Current) : null;

    private void SetCurrent()
    {
        string? target = State.InForce is { } slot ? ContentPaths.NameOf(slot) : null;
        if (files.KindOf(Paths.Current) is not (ContentEntryKind.None or ContentEntryKind.Link))
            files.DeleteAll(Paths.Current);
        if (LedTo() != target)
            files.ReplaceLink(Paths.Current, target);
    }
}
