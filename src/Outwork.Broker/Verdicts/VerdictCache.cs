using Outwork.Contracts.Events;
using Outwork.Contracts.Verdicts;

namespace Outwork.Broker.Verdicts;

/// <summary>One remembered judgement about one content.</summary>
internal struct CachedVerdict
{
    /// <summary>The content; another generation of the same file does not match.</summary>
    public FileIdentity Identity;

    /// <summary>The judgement of the content as code; None while it was only opened as data.</summary>
    public Verdict AsCode;

    /// <summary>How the code was about to run when it was judged.</summary>
    public ExecVia Via;

    /// <summary>The decision that gave it.</summary>
    public ulong DecisionId;

    /// <summary>Path it was judged under, for records, and compared when the policy looks at paths.</summary>
    public string Path;

    /// <summary>Policy and content generation it was judged under.</summary>
    public ulong Epoch;

    /// <summary>How often it was opened as data since it was remembered.</summary>
    public ushort DataOpens;

    /// <summary>True while a product judges it ahead of need.</summary>
    public bool PrejudgePending;

    /// <summary>When it was last used, for replacement.</summary>
    internal uint Stamp;
}

/// <summary>
/// Remembers judgements by file identity: a set-associative table of fixed size, so that no flood of files can grow it.
/// A change of policy or content raises the epoch, which empties it at once. Reactor thread only; never allocates.
/// </summary>
internal sealed class VerdictCache
{
    private const int Ways = 4;
    private readonly CachedVerdict[] _entries;
    private readonly int _setMask;
    private uint _clock;

    /// <summary>Makes a cache of at least <paramref name="capacity"/> entries (rounded up to a power of two).</summary>
    public VerdictCache(int capacity)
    {
        int sets = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(capacity / Ways, 1));
        _entries = new CachedVerdict[sets * Ways];
        _setMask = sets - 1;
    }

    /// <summary>Generation of policy and content; only entries of the current one count.</summary>
    public ulong Epoch { get; private set; } = 1;

    /// <summary>Forgets everything.</summary>
    public void Invalidate() => Epoch++;

    /// <summary>The entry of this very content, or a null reference (<see cref="System.Runtime.CompilerServices.Unsafe.IsNullRef{T}"/>).</summary>
    public ref CachedVerdict Find(in FileIdentity identity)
    {
        int first = SetOf(identity);
        for (int i = first; i < first + Ways; i++)
        {
            ref CachedVerdict entry = ref _entries[i];
            if (entry.Epoch != Epoch || entry.Identity != identity) continue;
            entry.Stamp = ++_clock;
            return ref entry;
        }
        return ref System.Runtime.CompilerServices.Unsafe.NullRef<CachedVerdict>();
    }

    /// <summary>An entry for this content: the existing one, else a cleared one in place of the least recently used.</summary>
    public ref CachedVerdict Add(in FileIdentity identity, string path)
    {
        int first = SetOf(identity), victim = first;
        for (int i = first; i < first + Ways; i++)
        {
            ref CachedVerdict entry = ref _entries[i];
            bool sameFile = entry.Identity.Inode == identity.Inode && entry.Identity.Device == identity.Device;
            if (sameFile && entry.Epoch == Epoch && entry.Identity == identity)
            {
                victim = i;
                entry.Path = path;
                entry.Stamp = ++_clock;
                return ref entry;
            }
            // An older generation of the same file, or of the policy, is the best victim.
            if (sameFile || entry.Epoch != Epoch) { victim = i; if (sameFile) break; }
            else if (_entries[victim].Epoch == Epoch && entry.Stamp < _entries[victim].Stamp) victim = i;
        }
        _entries[victim] = new CachedVerdict { Identity = identity, Path = path, Epoch = Epoch, Stamp = ++_clock };
        return ref _entries[victim];
    }

    /// <summary>The decision that let the present content of a file run, for events that the operating system let through by itself; 0 when none is known.</summary>
    public ulong DecisionOf(ulong device, ulong inode)
    {
        int first = SetOf(new FileIdentity(device, inode, 0, 0, 0));
        for (int i = first; i < first + Ways; i++)
        {
            ref readonly CachedVerdict entry = ref _entries[i];
            if (entry.Epoch == Epoch && entry.Identity.Inode == inode && entry.Identity.Device == device) return entry.DecisionId;
        }
        return 0;
    }

    /// <summary>Forgets whatever is known of a file, in any generation.</summary>
    public void Forget(ulong device, ulong inode)
    {
        int first = SetOf(new FileIdentity(device, inode, 0, 0, 0));
        for (int i = first; i < first + Ways; i++)
        {
            if (_entries[i].Identity.Inode == inode && _entries[i].Identity.Device == device) _entries[i] = default;
        }
    }

    // The generation is left out of the hash, so that all generations of a file share a set and replace each other.
    private int SetOf(in FileIdentity identity)
    {
        ulong h = (identity.Inode ^ (identity.Device << 32)) * 0x9E3779B97F4A7C15UL;
        return ((int)(h >> 40) & _setMask) * Ways;
    }
}
